package dev.flamepool.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A class-data archive of the jars on the class path, with which the JVMs that tests start need
 * about two thirds of the CPU time. The build makes one before the tests, by {@link #main}; where
 * there is none for this JVM and these jars, JVMs start without.
 *
 * <p>An archive fits class paths that begin with its jars, so that folders come last on all.
 */
final class ClassArchive {
  private static final Path FOLDER = Path.of("target").toAbsolutePath();
  private static final String SUFFIX = ".jsa";
  private static final Path FILE = FOLDER.resolve(key() + SUFFIX);

  private ClassArchive() {}

  /** What makes a JVM use it; nothing where there is none. */
  static List<String> options() {
    return Files.exists(FILE)
        ? List.of("-XX:SharedArchiveFile=" + FILE, "-Xlog:cds*=off")
        : List.of();
  }

  /** Makes it, unless it is there already. Exits with a code other than 0 if that fails. */
  public static void main(String[] arguments) throws Exception {
    if (!Files.exists(FILE)) {
      Files.createDirectories(FOLDER);
      try (DirectoryStream<Path> old = Files.newDirectoryStream(FOLDER, "*" + SUFFIX)) {
        for (Path file : old) {
          Files.delete(file);
        }
      }
      Path lists = Files.createDirectories(FOLDER.resolve("class-lists"));
      run(
          "-XX:DumpLoadedClassList=" + lists.resolve("life"),
          "-cp",
          JavaProcess.classPath(),
          Training.class.getName(),
          lists.resolve("runner").toString());
      Path all = lists.resolve("all");
      Files.write(all, merged(lists.resolve("life"), lists.resolve("runner")));
      Path fresh = lists.resolve("fresh" + SUFFIX);
      run(
          "-Xshare:dump",
          "-Xlog:cds*=error",
          "-XX:SharedClassListFile=" + all,
          "-XX:SharedArchiveFile=" + fresh,
          "-cp",
          String.join(File.pathSeparator, jars()));
      Files.move(fresh, FILE, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static Set<String> merged(Path... lists) throws IOException {
    Set<String> lines = new LinkedHashSet<>();
    for (Path list : lists) {
      lines.addAll(Files.readAllLines(list));
    }
    return lines;
  }

  private static void run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JavaProcess.java()));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("took too long: " + command);
    }
    if (process.exitValue() != 0) {
      throw new IOException("failed: " + command);
    }
  }

  private static List<String> jars() {
    return Arrays.stream(JavaProcess.classPath().split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .toList();
  }

  /** Another one for each JVM and each state of the jars. */
  private static String key() {
    String state =
        jars().stream()
            .map(File::new)
            .map(jar -> jar + " " + jar.length() + " " + jar.lastModified())
            .collect(Collectors.joining("\n", System.getProperty("java.vm.version") + "\n", ""));
    return UUID.nameUUIDFromBytes(state.getBytes(UTF_8)).toString();
  }
}
