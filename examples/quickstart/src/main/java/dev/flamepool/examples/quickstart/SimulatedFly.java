package dev.flamepool.examples.quickstart;

import dev.flamepool.simulators.fly.FlyOptions;
import dev.flamepool.simulators.fly.FlySimulator;
import dev.flamepool.simulators.fly.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Fly Machines without Fly: each machine is a JVM with the application's class path. */
final class SimulatedFly implements AutoCloseable {
  private static final Duration BOOT = Duration.ofSeconds(1);

  private final FlySimulator simulator;

  SimulatedFly(Path folder, String classPath) throws IOException {
    Image image =
        Image.ofClassPath(classPath, "-XX:+UseSerialGC", "-Xmx256m", "-Djava.awt.headless=true");
    FlyOptions options = new FlyOptions().stateDir(folder).bootDelay(BOOT);
    simulator = FlySimulator.start(options.app("thumbs").image("thumbnails:v1", image));
  }

  String host() {
    return simulator.uri().toString();
  }

  /** A manifest whose host is this Fly's. */
  String manifest(String resource) throws IOException {
    return Platform.resource(resource).replace("FLY_HOST", host());
  }

  @Override
  public void close() {
    simulator.close();
  }
}
