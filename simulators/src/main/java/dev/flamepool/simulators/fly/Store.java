package dev.flamepool.simulators.fly;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flamepool.simulators.machine.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state folder: {@code apps.json}, and {@code machines/<id>/machine.json} beside what the
 * machine's process has there. Every file is replaced whole, so that a killed simulator leaves none
 * half written.
 */
final class Store {
  /** An app, as it lies in the file. */
  record App(String name, String org, long createdMs) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MACHINE = "machine.json";

  private final Path folder;

  Store(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder).toRealPath();
    Files.createDirectories(machines());
  }

  /** Where the machines have a folder each. */
  Path machines() {
    return folder.resolve("machines");
  }

  List<FlyMachine> load() throws IOException {
    List<FlyMachine> all = new ArrayList<>();
    try (DirectoryStream<Path> homes = Files.newDirectoryStream(machines(), Files::isDirectory)) {
      for (Path home : homes) {
        if (Files.exists(home.resolve(MACHINE))) {
          all.add(JSON.readValue(home.resolve(MACHINE).toFile(), FlyMachine.class));
        }
      }
    }
    all.sort(Comparator.comparingLong((FlyMachine m) -> m.createdMs).thenComparing(m -> m.id));
    return all;
  }

  void save(FlyMachine machine) {
    try {
      Path home = Files.createDirectories(machines().resolve(machine.id));
      write(home.resolve(MACHINE), JSON.writeValueAsBytes(machine));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void forget(FlyMachine machine) {
    try {
      FileTrees.delete(machines().resolve(machine.id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, App> loadApps() throws IOException {
    try {
      return JSON.readValue(
          Files.readAllBytes(folder.resolve("apps.json")),
          new TypeReference<TreeMap<String, App>>() {});
    } catch (NoSuchFileException e) {
      return new TreeMap<>();
    }
  }

  void saveApps(Map<String, App> apps) {
    try {
      write(folder.resolve("apps.json"), JSON.writeValueAsBytes(apps));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, bytes);
    Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }
}
