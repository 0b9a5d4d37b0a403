package dev.flamepool.simulators.machine;

import java.util.List;
import java.util.Map;

/**
 * What a machine is to run.
 *
 * @param id of the machine, fit to name a folder
 * @param command program and arguments, as the guest sees paths
 * @param env the whole environment; nothing is added but {@code FLAME_BIND}
 * @param files what lies in the machine's file system beside its image
 * @param address the loopback address that is the machine's own; {@code FLAME_BIND} is set to it
 */
public record Launch(
    String id,
    List<String> command,
    Map<String, String> env,
    List<GuestFile> files,
    String address) {
  /** Copies what it is given. */
  public Launch {
    command = List.copyOf(command);
    env = Map.copyOf(env);
    files = List.copyOf(files);
  }

  /** Holds secrets: only the machine is named. */
  @Override
  public String toString() {
    return "Launch[" + id + "]";
  }
}
