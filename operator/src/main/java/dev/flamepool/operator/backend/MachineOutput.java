package dev.flamepool.operator.backend;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a machine has written.
 *
 * @param lines the last of it, at most 50, redacted
 * @param why in its own words why it ended, or how far it is; empty where it does not say that
 * @param exitCode of its process, where only those words tell it
 */
public record MachineOutput(List<String> lines, String why, OptionalInt exitCode) {
  /** Nothing is known. */
  public static final MachineOutput NONE = new MachineOutput(List.of(), "");

  /** Copies what it is given. */
  public MachineOutput {
    lines = List.copyOf(lines);
  }

  /** What tells of no exit code. */
  public MachineOutput(List<String> lines, String why) {
    this(lines, why, OptionalInt.empty());
  }

  /** Lines that explain themselves. */
  public static MachineOutput of(List<String> lines) {
    return new MachineOutput(lines, "");
  }
}
