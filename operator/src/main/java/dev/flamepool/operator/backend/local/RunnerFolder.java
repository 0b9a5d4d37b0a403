package dev.flamepool.operator.backend.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The folder of one local runner: everything that is known of its machine, in files, so that it
 * outlives the operator. Created whole by {@link FolderStore}; the runner adds {@code lock}, {@code
 * address}, {@code exit} and, once it holds the lock, its own {@code pid}.
 */
final class RunnerFolder {
  final Path path;

  RunnerFolder(Path path) {
    this.path = path;
  }

  Path boot() {
    return path.resolve("boot");
  }

  Path output() {
    return path.resolve("output.log");
  }

  boolean exists() {
    return Files.isDirectory(path);
  }

  /** Whose it is; empty if there is no such folder. */
  Optional<Owner> owner() throws IOException {
    try {
      return Optional.of(Owner.read(path.resolve(Owner.FILE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Makes a child that starts late exit, whoever started it. */
  void close() throws IOException {
    mark("closed");
  }

  boolean isClosed() {
    return Files.exists(path.resolve("closed"));
  }

  /** Remembers that the runner was asked to end. */
  void markStopping() throws IOException {
    mark("stopping");
  }

  boolean isStopping() {
    return Files.exists(path.resolve("stopping"));
  }

  Optional<String> address() throws IOException {
    return text("address");
  }

  boolean hasAddress() {
    return Files.exists(path.resolve("address"));
  }

  /** What the runner said at its end in order: {@code <code> <cause> <message>}. */
  Optional<String> exit() throws IOException {
    return text("exit");
  }

  void writePid(long pid) throws IOException {
    Path fresh = path.resolve("pid.new");
    Files.writeString(fresh, pid + "\n");
    Files.move(fresh, path.resolve("pid"), ATOMIC_MOVE);
  }

  /** The process that was started here, and when that was written down. */
  Optional<Pid> pid() throws IOException {
    Path file = path.resolve("pid");
    try {
      Optional<String> text = text("pid");
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Pid(Long.parseLong(text.get()), Files.getLastModifiedTime(file).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no process number", e);
    }
  }

  /**
   * Whether some process holds the lock. Asking takes the lock for an instant, which could turn
   * away a child that starts just now: so ask only when no child is known to be alive.
   */
  boolean isLocked() throws IOException {
    Path file = path.resolve("lock");
    try (FileChannel channel = FileChannel.open(file, READ, WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (NoSuchFileException e) {
      return false;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private void mark(String name) throws IOException {
    Files.write(path.resolve(name), new byte[0]);
  }

  private Optional<String> text(String name) throws IOException {
    try {
      String text = new String(Files.readAllBytes(path.resolve(name)), UTF_8).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * A process number as it was written down.
   *
   * @param number the operating system's, which it uses again later
   * @param written a process that started after this is another one
   */
  record Pid(long number, Instant written) {}
}
