package dev.flamepool.examples.quickstart;

import dev.flamepool.simulators.ec2.Ec2Options;
import dev.flamepool.simulators.ec2.Ec2Simulator;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** EC2 and S3: each instance runs its user data, which fetches the application's bundle. */
final class SimulatedEc2 implements SimulatedCloud {
  private static final Duration PENDING = Duration.ofSeconds(1);
  private static final String BUCKET = "releases";
  private static final String START =
      """
      #!/bin/sh
      exec java -XX:+UseSerialGC -Xmx256m -Djava.awt.headless=true -cp 'lib/*' \
      dev.flamepool.examples.thumbnails.ThumbnailsApp
      """;

  private final Ec2Simulator simulator;

  SimulatedEc2(Path folder, String classPath) throws IOException {
    Ec2Options options = new Ec2Options().stateDir(folder).bucket(BUCKET).pendingTime(PENDING);
    simulator = Ec2Simulator.start(options);
    bundle(simulator.bucket(BUCKET).resolve("thumbnails"), classPath);
  }

  /** A bundle in the form of a folder. */
  private static void bundle(Path bundle, String classPath) throws IOException {
    Path lib = Files.createDirectories(bundle.resolve("lib"));
    for (String jar : classPath.split(File.pathSeparator, -1)) {
      Files.copy(Path.of(jar), lib.resolve(Path.of(jar).getFileName()));
    }
    Path bin = Files.createDirectories(bundle.resolve("bin"));
    Files.writeString(bin.resolve("thumbnails"), START);
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
