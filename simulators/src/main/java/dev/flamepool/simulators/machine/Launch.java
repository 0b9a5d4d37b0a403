package dev.flamepool.simulators.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a machine is to run.
 *
 * @param id of the machine, fit to name a folder
 * @param command program and arguments, as the guest sees paths
 * @param env the whole environment; nothing is added but {@code FLAME_BIND}
 * @param files what lies in the machine's file system beside its image
 * @param mounts folders and files of this host that the guest sees, each by its absolute guest path
 * @param hostWords words of the command that name things of this host, which the guest's paths do
 *     not hide
 * @param address the loopback address that is the machine's own; {@code FLAME_BIND} is set to it
 */
public record Launch(
    String id,
    List<String> command,
    Map<String, String> env,
    List<GuestFile> files,
    Map<String, Path> mounts,
    Set<String> hostWords,
    String address) {
  /** Copies what it is given. */
  public Launch {
    command = List.copyOf(command);
    env = Map.copyOf(env);
    files = List.copyOf(files);
    mounts = Map.copyOf(mounts);
    hostWords = Set.copyOf(hostWords);
  }

  /** A machine without mounts. */
  public Launch(
      String id,
      List<String> command,
      Map<String, String> env,
      List<GuestFile> files,
      String address) {
    this(id, command, env, files, Map.of(), Set.of(), address);
  }

  /** Holds secrets: only the machine is named. */
  @Override
  public String toString() {
    return "Launch[" + id + "]";
  }
}
