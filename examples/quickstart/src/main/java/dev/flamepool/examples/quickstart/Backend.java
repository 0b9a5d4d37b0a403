package dev.flamepool.examples.quickstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where the runners are. */
enum Backend {
  /** Child JVMs of the operator. */
  LOCAL,
  /** Machines of a simulated Fly. */
  FLY,
  /** Instances of a simulated EC2. */
  EC2;

  static Optional<Backend> of(String name) {
    return Arrays.stream(values()).filter(backend -> backend.word().equals(name)).findFirst();
  }

  /** As it is given on the command line and names its manifests. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Starts the cloud; empty if there is none to it. */
  Optional<SimulatedCloud> simulate(Path folder, String classPath) throws IOException {
    return switch (this) {
      case LOCAL -> Optional.empty();
      case FLY -> Optional.of(new SimulatedFly(folder, classPath));
      case EC2 -> Optional.of(new SimulatedEc2(folder, classPath));
    };
  }
}
