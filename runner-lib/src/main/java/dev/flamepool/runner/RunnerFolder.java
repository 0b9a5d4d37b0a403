package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.wire.EndCause;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The runner's own folder on the local backend. Its lock is held from before the port opens until
 * the process is gone: that makes two children of one attempt impossible and lets the operator find
 * a runner again.
 */
final class RunnerFolder {
  private final Path folder;

  @SuppressWarnings("unused") // held, not used: closing it would release the lock
  private final FileChannel lock;

  private RunnerFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** This child must not run. */
  static final class ClosedException extends IOException {
    private static final long serialVersionUID = 1;

    ClosedException(String message) {
      super(message);
    }
  }

  /**
   * Takes the lock, then looks for {@code closed}.
   *
   * @throws ClosedException if another process holds the lock or the operator has closed the folder
   */
  static RunnerFolder enter(Path folder) throws IOException {
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held;
    try {
      held = lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      held = false;
    }
    if (!held) {
      lock.close();
      throw new ClosedException("another process runs in " + folder);
    }
    if (Files.exists(folder.resolve("closed"))) {
      lock.close();
      throw new ClosedException(
          folder + " has been closed by the operator; this child came too late");
    }
    return new RunnerFolder(folder, lock);
  }

  void opened(String address) throws IOException {
    write("pid", Long.toString(ProcessHandle.current().pid()));
    write("address", address);
  }

  /** One line: code, cause, message. */
  void ended(EndCause cause, String message) {
    try {
      write("exit", cause.exitCode() + " " + cause + " " + message.replace('\n', ' '));
    } catch (IOException e) {
      Say.warn("could not write the exit file: " + e);
    }
  }

  private void write(String name, String line) throws IOException {
    Path tmp = folder.resolve(name + ".tmp");
    Files.write(tmp, (line + "\n").getBytes(UTF_8));
    Files.move(
        tmp,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
