package dev.flamepool.simulators.ec2;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.simulators.machine.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The state folder: {@code machines/<id>/instance.json} beside what the instance's process has
 * there, and {@code buckets/<name>/<key>}. Files are replaced whole, so that a killed simulator
 * leaves none half written.
 */
final class Store {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INSTANCE = "instance.json";

  private final Path folder;

  Store(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    Files.createDirectories(machines());
    Files.createDirectories(buckets());
  }

  /** Where the instances have a folder each. */
  Path machines() {
    return folder.resolve("machines");
  }

  /** Where the buckets have a folder each. */
  Path buckets() {
    return folder.resolve("buckets");
  }

  List<Instance> load() throws IOException {
    List<Instance> all = new ArrayList<>();
    try (DirectoryStream<Path> homes = Files.newDirectoryStream(machines(), Files::isDirectory)) {
      for (Path home : homes) {
        if (Files.exists(home.resolve(INSTANCE))) {
          all.add(JSON.readValue(home.resolve(INSTANCE).toFile(), Instance.class));
        }
      }
    }
    all.sort(Comparator.comparingLong(instance -> instance.sequence));
    return all;
  }

  void save(Instance instance) {
    try {
      Path home = Files.createDirectories(machines().resolve(instance.id));
      Path fresh = home.resolve(INSTANCE + ".new");
      Files.write(fresh, JSON.writeValueAsBytes(instance));
      Files.move(fresh, home.resolve(INSTANCE), ATOMIC_MOVE, REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void forget(Instance instance) {
    try {
      FileTrees.delete(machines().resolve(instance.id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the instance has printed onto its console, the last 64 KiB of it. */
  byte[] console(String id) {
    try {
      byte[] all = Files.readAllBytes(machines().resolve(id).resolve("output.log"));
      int start = Math.max(0, all.length - 65_536);
      return Arrays.copyOfRange(all, start, all.length);
    } catch (IOException none) {
      return new byte[0];
    }
  }
}
