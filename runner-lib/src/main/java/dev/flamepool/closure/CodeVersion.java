package dev.flamepool.closure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Which code this process runs: {@code FLAME_CODE_VERSION} if set, else a hash over the class path
 * that does not change with paths, order, repetition, timestamps or manifests. A jar that another
 * jar's manifest names in its {@code Class-Path} is on the class path, as for the JVM: {@code java
 * -jar app.jar} and {@code -cp 'app.jar:lib/*'} with the same jars are the same code.
 *
 * @param version what is compared
 * @param artifacts {@code name=digest} of each artifact, sorted; empty where the version was given
 */
public record CodeVersion(String version, List<String> artifacts) {
  private static final String GIVEN = "FLAME_CODE_VERSION";

  private static final int LONGEST = 128;

  private static final class Current {
    static final String PROBLEM = problem(GIVEN, System.getenv(GIVEN));
    static final CodeVersion VALUE = compute();

    private static CodeVersion compute() {
      String given = System.getenv(GIVEN);
      return given != null && !given.isBlank()
          ? new CodeVersion(given.trim(), List.of())
          : ofClassPath(System.getProperty("java.class.path", ""));
    }
  }

  /**
   * This process's, computed once; the first call may take a while (0.2 s for 190 jars).
   *
   * @throws IllegalArgumentException if {@code FLAME_CODE_VERSION} is no version
   */
  public static CodeVersion current() {
    if (!Current.PROBLEM.isEmpty()) {
      throw new IllegalArgumentException(Current.PROBLEM);
    }
    return Current.VALUE;
  }

  /**
   * What is wrong with a version that somebody gives; empty when nothing is, or none is given.
   *
   * @param where it is given
   */
  public static String problem(String where, @Nullable String version) {
    return version == null || version.trim().length() <= LONGEST
        ? ""
        : where
            + ": '"
            + version.trim().substring(0, LONGEST)
            + "...' has "
            + version.trim().length()
            + " characters; give at most "
            + LONGEST
            + ", such as a hash of it";
  }

  /**
   * Starts computing {@link #current} on a daemon thread, so that it is there when it is needed.
   */
  public static void prepare() {
    Thread t = new Thread(CodeVersion::current, "flame-code-version");
    t.setDaemon(true);
    t.start();
  }

  /** The version of a class path. Entries that do not exist do not count, as for the JVM. */
  public static CodeVersion ofClassPath(String classPath) {
    Set<String> artifacts = new TreeSet<>();
    Set<String> digests = new TreeSet<>();
    for (Path p : ClassPathEntries.of(classPath)) {
      String digest = digest(p);
      if (digest != null) {
        artifacts.add(p.getFileName() + "=" + digest);
        digests.add(digest);
      }
    }
    return new CodeVersion(sha(new ArrayList<>(digests)), List.copyOf(artifacts));
  }

  private static @Nullable String digest(Path p) {
    try {
      if (Files.isDirectory(p)) {
        return sha(folder(p));
      }
      if (!Files.isRegularFile(p)) {
        return null;
      }
      return sha(jar(p));
    } catch (IOException e) {
      return sha(new ArrayList<>(List.of("unreadable")));
    }
  }

  /** From the zip's central directory: no entry is read. */
  private static List<String> jar(Path p) throws IOException {
    List<String> lines = new ArrayList<>();
    try (ZipFile zip = new ZipFile(p.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry e = all.nextElement();
        if (!e.isDirectory() && counts(e.getName())) {
          lines.add(line(e.getName(), e.getSize(), e.getCrc()));
        }
      }
    }
    return lines;
  }

  private static List<String> folder(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    List<String> lines = new ArrayList<>(files.size());
    byte[] buf = new byte[16 * 1024];
    for (Path f : files) {
      String name = root.relativize(f).toString().replace(File.separatorChar, '/');
      if (!counts(name)) {
        continue;
      }
      CRC32 crc = new CRC32();
      long size = 0;
      try (InputStream in = Files.newInputStream(f)) {
        for (int n; (n = in.read(buf)) > 0; size += n) {
          crc.update(buf, 0, n);
        }
      }
      lines.add(line(name, size, crc.getValue()));
    }
    return lines;
  }

  private static boolean counts(String name) {
    return !name.equals("META-INF/MANIFEST.MF");
  }

  private static String line(String name, long size, long crc) {
    return name + ' ' + size + ' ' + crc;
  }

  private static String sha(List<String> lines) {
    Collections.sort(lines);
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (String l : lines) {
        sha.update(l.getBytes(UTF_8));
        sha.update((byte) '\n');
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For people: the first artifact in which two versions differ, or null if none is known. */
  public static @Nullable String firstDifference(List<String> here, List<String> there) {
    if (here.isEmpty() || there.isEmpty()) {
      return null;
    }
    for (String a : here) {
      if (!there.contains(a)) {
        return name(a)
            + (names(there).contains(name(a)) ? " (its content differs)" : " (only here)");
      }
    }
    for (String b : there) {
      if (!here.contains(b)) {
        return name(b) + " (only there)";
      }
    }
    return null;
  }

  private static List<String> names(List<String> artifacts) {
    return artifacts.stream().map(CodeVersion::name).toList();
  }

  private static String name(String artifact) {
    return artifact.substring(0, artifact.lastIndexOf('='));
  }
}
