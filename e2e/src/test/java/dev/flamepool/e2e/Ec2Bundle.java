package dev.flamepool.e2e;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The test application in a bucket, as a folder with {@code SHA256SUMS} and as an archive. Its own
 * classes are in the bundle; the jars that it shares with this JVM are taken from where they lie.
 */
final class Ec2Bundle {
  static final String NAME = "thumbs-v7";
  private static final String SUMS = "SHA256SUMS";

  private final Path bucket;

  private Ec2Bundle(Path bucket) {
    this.bucket = bucket;
  }

  /** Puts both forms into the folder of a bucket. */
  static Ec2Bundle in(Path bucket) {
    try {
      Path folder = Files.createDirectories(bucket.resolve(NAME));
      Path own =
          Path.of(
              URI.create(
                  Ec2Bundle.class.getProtectionDomain().getCodeSource().getLocation().toString()));
      copy(own, folder.resolve("classes"));
      Files.createDirectories(folder.resolve("bin"));
      Files.writeString(folder.resolve("bin/thumbs"), start(own));
      run(
          "cd '%s' && find . -type f ! -name %s -printf '%%P\\0' | sort -z | xargs -0 sha256sum >%s && tar -czf ../%s.tar.gz ."
              .formatted(folder, SUMS, SUMS, NAME));
      return new Ec2Bundle(bucket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String start(Path own) {
    String rest =
        Arrays.stream(JavaProcess.classPath().split(File.pathSeparator))
            .filter(entry -> !entry.equals(own.toString()))
            .collect(Collectors.joining(File.pathSeparator));
    return """
        #!/bin/sh
        [ "$1" = start ] || exit 2
        exec java %s -cp '%s:classes' dev.flamepool.RunnerMain
        """
        .formatted(String.join(" ", JavaProcess.runnerOptions()), rest);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy, REPLACE_EXISTING);
      }
    }
  }

  private static void run(String script) throws IOException {
    Process process = new ProcessBuilder("/bin/sh", "-c", script).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("failed: " + script);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The folder, by the digest of its list of digests. */
  String folder() {
    return "s3://releases/" + NAME + "#sha256=" + sha256(bucket.resolve(NAME).resolve(SUMS));
  }

  /** The archive, by its digest. */
  String archive() {
    return "s3://releases/" + NAME + ".tar.gz#sha256=" + sha256(bucket.resolve(NAME + ".tar.gz"));
  }

  private static String sha256(Path file) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
