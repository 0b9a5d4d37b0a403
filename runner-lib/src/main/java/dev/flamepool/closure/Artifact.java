package dev.flamepool.closure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The content of a jar or a folder of classes, in a few characters. What cannot be read does not
 * count: the JVM cannot load it either.
 */
final class Artifact {
  /** A folder of more files is hardly one of classes, and reading it takes many seconds. */
  static final int MAX_FILES = 50_000;

  private static final long MAX_BYTES = 1L << 30;

  private Artifact() {}

  /**
   * Reads it.
   *
   * @param unknown takes what is too large to be read
   * @return null if there is neither a jar nor a folder with anything in it that can be read
   */
  static @Nullable String digest(Path p, int maxFiles, List<String> unknown) {
    try {
      if (Files.isDirectory(p)) {
        Folder folder = new Folder(p, maxFiles);
        Files.walkFileTree(p, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, folder);
        if (folder.tooLarge) {
          unknown.add("the folder " + p + ", which holds too much to be one of classes");
          return sha(new ArrayList<>(List.of("too large")));
        }
        return shaOrNull(folder.lines);
      }
      return Files.isRegularFile(p) ? shaOrNull(jar(p)) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable String shaOrNull(List<String> lines) {
    return lines.isEmpty() ? null : sha(lines);
  }

  /** What to do about what is not covered. */
  static String asked(List<String> unknown) {
    return "The code version of this process does not cover "
        + String.join("; nor ", unknown)
        + ". Another build could pass for this one: set FLAME_CODE_VERSION to what names the build,"
        + " such as its commit, on both sides: here and in the pool's env.";
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

  /** Follows links, as the JVM does. */
  private static final class Folder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final int maxFiles;
    private final List<String> lines = new ArrayList<>();
    private final byte[] buf = new byte[16 * 1024];
    private long bytes;
    private boolean tooLarge;

    Folder(Path root, int maxFiles) {
      this.root = root;
      this.maxFiles = maxFiles;
      tooLarge = root.getParent() == null; // a whole file system has files that never end
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes is) {
      return tooLarge ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
      String name = root.relativize(file).toString().replace(File.separatorChar, '/');
      if (!is.isRegularFile() || !counts(name)) {
        return FileVisitResult.CONTINUE;
      }
      bytes += is.size();
      tooLarge = lines.size() >= maxFiles || bytes > MAX_BYTES;
      if (tooLarge) {
        return FileVisitResult.TERMINATE;
      }
      try {
        lines.add(read(file, name));
      } catch (IOException e) {
        // as for the JVM
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException why) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why) {
      return FileVisitResult.CONTINUE;
    }

    private String read(Path file, String name) throws IOException {
      CRC32 crc = new CRC32();
      long size = 0;
      try (InputStream in = Files.newInputStream(file)) {
        for (int n; (n = in.read(buf)) > 0; size += n) {
          crc.update(buf, 0, n);
        }
      }
      return line(name, size, crc.getValue());
    }
  }

  private static boolean counts(String name) {
    return !name.equals("META-INF/MANIFEST.MF");
  }

  private static String line(String name, long size, long crc) {
    return name + ' ' + size + ' ' + crc;
  }

  /** Of lines in any order. */
  static String sha(List<String> lines) {
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
}
