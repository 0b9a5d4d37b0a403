package dev.flamepool.examples.quickstart;

import dev.flamepool.simulators.fly.FlyOptions;
import dev.flamepool.simulators.fly.FlySimulator;
import dev.flamepool.simulators.fly.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Fly Machines: each is a JVM with the application's class path. */
final class SimulatedFly implements SimulatedCloud {
  private static final Duration BOOT = Duration.ofSeconds(1);

  private final FlySimulator simulator;

  SimulatedFly(Path folder, String classPath) throws IOException {
    Image image =
        Image.ofClassPath(classPath, "-XX:+UseSerialGC", "-Xmx256m", "-Djava.awt.headless=true");
    FlyOptions options = new FlyOptions().stateDir(folder).bootDelay(BOOT);
    simulator = FlySimulator.start(options.app("thumbs").image("thumbnails:v1", image));
  }

  @Override
  public String endpoint() {
    return simulator.uri().toString();
  }

  @Override
  public void close() {
    simulator.close();
  }
}
