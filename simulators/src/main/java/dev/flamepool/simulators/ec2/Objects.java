package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Buckets as folders and objects as files, so that a bundle can simply be copied there. Keys that
 * are no path of a file cannot be had, nor both {@code a} and {@code a/b}.
 */
final class Objects {
  private final Path folder;

  Objects(Path folder) {
    this.folder = folder;
  }

  boolean has(String bucket) {
    return Files.isDirectory(folder.resolve(bucket));
  }

  static boolean isName(String bucket) {
    return bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]") && !bucket.contains("..");
  }

  void create(String bucket) throws IOException {
    Files.createDirectories(folder.resolve(bucket));
  }

  /** Where an object lies, be it there or not. */
  Path file(String bucket, String key) throws AwsError {
    boolean odd =
        key.isEmpty()
            || key.endsWith("/")
            || key.indexOf('\0') >= 0
            || Arrays.stream(key.split("/", -1)).anyMatch(List.of("", ".", "..")::contains);
    if (odd || key.getBytes(UTF_8).length > 1_024) {
      throw AwsError.of(
          "InvalidArgument", "The simulator has no objects whose keys are no paths of files");
    }
    return folder.resolve(bucket).resolve(key);
  }

  void put(Path file, byte[] content) throws IOException {
    Path fresh = Files.createTempFile(folder, ".put", null);
    Files.write(fresh, content);
    Files.createDirectories(file.getParent());
    Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /** All keys of a bucket, in the order of their bytes. */
  List<String> keys(String bucket) throws IOException {
    Path top = folder.resolve(bucket);
    try (Stream<Path> walk = Files.walk(top)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> top.relativize(file).toString())
          .sorted((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)))
          .collect(Collectors.toList());
    }
  }
}
