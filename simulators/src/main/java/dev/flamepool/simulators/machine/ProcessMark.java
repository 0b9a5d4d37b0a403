package dev.flamepool.simulators.machine;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which process a machine is, written down so that a later simulator finds it and hits no other.
 *
 * @param pid its number, which the operating system uses again later
 * @param start when it started: whoever gets the number later started later
 */
record ProcessMark(long pid, Instant start) {
  private static final String FILE = "process";

  /** Start instants are rounded, differently in every JVM. */
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  static ProcessMark of(ProcessHandle process) {
    return new ProcessMark(process.pid(), process.info().startInstant().orElseGet(Instant::now));
  }

  void write(Path home) throws IOException {
    Path fresh = home.resolve(FILE + ".new");
    Files.writeString(fresh, pid + " " + start.toEpochMilli() + "\n");
    Files.move(fresh, home.resolve(FILE), ATOMIC_MOVE, REPLACE_EXISTING);
  }

  static void delete(Path home) throws IOException {
    Files.deleteIfExists(home.resolve(FILE));
  }

  /** Alive, and not a zombie that its new parent has not buried. */
  static boolean alive(ProcessHandle process) {
    return process.isAlive() && process.info().command().isPresent();
  }

  /**
   * The living processes of the machines in a folder. One that was started an instant before its
   * simulator was killed is known by its working directory only, on systems with {@code /proc}.
   */
  static Map<String, ProcessHandle> inFolders(Path folder) throws IOException {
    Map<String, ProcessHandle> found = new HashMap<>();
    Map<Path, ProcessHandle> byDirectory = byDirectory();
    try (DirectoryStream<Path> homes = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path home : homes) {
        read(home)
            .flatMap(ProcessMark::process)
            .or(() -> Optional.ofNullable(byDirectory.get(home.resolve("root"))))
            .ifPresent(process -> found.put(home.getFileName().toString(), process));
      }
    }
    return found;
  }

  private Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid)
        .filter(ProcessMark::alive)
        .filter(
            h ->
                h.info()
                    .startInstant()
                    .map(at -> Duration.between(start, at).abs().compareTo(ROUNDING) <= 0)
                    .orElse(false));
  }

  private static Optional<ProcessMark> read(Path home) throws IOException {
    try {
      String[] words = Files.readString(home.resolve(FILE)).strip().split(" ", -1);
      return Optional.of(
          new ProcessMark(
              Long.parseLong(words[0]), Instant.ofEpochMilli(Long.parseLong(words[1]))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Map<Path, ProcessHandle> byDirectory() {
    Map<Path, ProcessHandle> all = new HashMap<>();
    Map<Long, ProcessHandle> eldestLast = new TreeMap<>(java.util.Comparator.reverseOrder());
    ProcessHandle.allProcesses().forEach(process -> eldestLast.put(process.pid(), process));
    eldestLast.forEach(
        (pid, process) -> {
          try {
            all.put(Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")), process);
          } catch (IOException | SecurityException | UnsupportedOperationException none) {
            // gone, another user's, or no /proc
          }
        });
    return all;
  }
}
