package dev.flamepool.operator.backend.local;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The state directory: one folder per runner uid. Folders appear and vanish whole, by a rename, so
 * that a crash leaves either a complete one or a hidden scrap that the next operator removes.
 */
final class FolderStore {
  /** Long enough for any operator to fill a folder. */
  private static final Duration SCRAP_AGE = Duration.ofMinutes(1);

  private final Path stateDir;

  FolderStore(Path stateDir) throws IOException {
    this.stateDir = stateDir.toAbsolutePath().normalize();
    Files.createDirectories(this.stateDir, only("rwx------"));
    removeScraps();
  }

  RunnerFolder folder(String runnerUid) {
    return new RunnerFolder(stateDir.resolve(runnerUid));
  }

  /** All folders, whoever owns them. */
  List<RunnerFolder> all() throws IOException {
    List<RunnerFolder> folders = new ArrayList<>();
    try (Stream<Path> entries = Files.list(stateDir)) {
      entries
          .filter(entry -> !hidden(entry) && Files.isDirectory(entry))
          .sorted()
          .forEach(entry -> folders.add(new RunnerFolder(entry)));
    }
    return folders;
  }

  /** Makes an attempt's folder; if another operator was faster, theirs stands. */
  RunnerFolder create(LaunchAttempt attempt, Instant now) throws IOException {
    String uid = attempt.key().runnerUid();
    Path fresh = Files.createTempDirectory(stateDir, ".new-");
    Path target = stateDir.resolve(uid);
    try {
      Path boot = Files.createDirectory(fresh.resolve("boot"), only("rwx------"));
      Map<String, byte[]> files = attempt.boot().identity();
      byte[] env = attempt.boot().files().get(Boot.ENV_FILE);
      if (env != null) {
        files.put(Boot.ENV_FILE, env);
      }
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = Files.createFile(boot.resolve(file.getKey()), only("rw-------"));
        Files.write(path, file.getValue());
      }
      Files.createFile(fresh.resolve("output.log"), only("rw-------"));
      Owner.of(attempt, now).write(fresh.resolve(Owner.FILE));
      Files.move(fresh, target, ATOMIC_MOVE);
    } catch (FileSystemException e) {
      remove(fresh);
      if (!Files.isDirectory(target) || !taken(e)) {
        throw e;
      }
    }
    return new RunnerFolder(target);
  }

  private static boolean taken(FileSystemException e) {
    return e instanceof DirectoryNotEmptyException
        || e instanceof FileAlreadyExistsException
        || (e.getReason() != null && e.getReason().contains("not empty"));
  }

  /** Removes a folder whose processes are gone. */
  void remove(RunnerFolder folder) throws IOException {
    Path scrap = stateDir.resolve(".old-" + folder.path.getFileName() + "-" + System.nanoTime());
    try {
      Files.move(folder.path, scrap, ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    remove(scrap);
  }

  private void removeScraps() throws IOException {
    Instant old = Instant.now().minus(SCRAP_AGE);
    try (Stream<Path> entries = Files.list(stateDir)) {
      for (Path scrap : entries.filter(FolderStore::hidden).toList()) {
        if (Files.getLastModifiedTime(scrap).toInstant().isBefore(old)) {
          remove(scrap);
        }
      }
    }
  }

  private static boolean hidden(Path entry) {
    return entry.getFileName().toString().startsWith(".");
  }

  private static void remove(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failure)
              throws IOException {
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private FileAttribute<?>[] only(String permissions) {
    return stateDir.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
