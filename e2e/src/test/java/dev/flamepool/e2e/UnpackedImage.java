package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;

/**
 * An image that the build has made, with its files in a folder. It has no JVM, so this one runs it;
 * and it has no root of its own, so {@code /app} is rewritten to the folder.
 */
final class UnpackedImage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APP = "/app/";
  private static final String CLASS_PATH = "app/jib-classpath-file";

  private final Path root;
  private final JsonNode config;
  private final List<TarFile.Entry> entries;
  private final List<String> classPath;

  private UnpackedImage(
      Path root, JsonNode config, List<TarFile.Entry> entries, List<String> classPath) {
    this.root = root;
    this.config = config;
    this.entries = entries;
    this.classPath = classPath;
  }

  /** Unpacks the image of a module into an empty folder. */
  static UnpackedImage of(String module, String name, Path root) throws IOException {
    Path tar = Path.of("..", module, "target", name);
    assertThat(tar).as("build the images first: mvn -DskipTests verify").exists();
    Map<String, byte[]> parts = new TreeMap<>();
    try (InputStream in = Files.newInputStream(tar)) {
      TarFile.read(in).forEach(entry -> parts.put(entry.path(), entry.content()));
    }
    JsonNode manifest = JSON.readTree(parts.get("manifest.json")).path(0);
    List<TarFile.Entry> entries = new ArrayList<>();
    for (JsonNode layer : manifest.path("Layers")) {
      InputStream zipped = new ByteArrayInputStream(parts.get(layer.asText()));
      entries.addAll(TarFile.read(new GZIPInputStream(zipped)));
    }
    for (TarFile.Entry entry : entries) {
      write(entry, root);
    }
    String classPath = Files.readString(root.resolve(CLASS_PATH));
    UnpackedImage image =
        new UnpackedImage(
            root,
            JSON.readTree(parts.get(manifest.path("Config").asText())),
            entries,
            List.of(classPath.split(":", -1)));
    Files.writeString(root.resolve(CLASS_PATH), image.here(classPath));
    return image;
  }

  private static void write(TarFile.Entry entry, Path root) throws IOException {
    Path file = root.resolve(entry.path()).normalize();
    assertThat(file).startsWithRaw(root);
    if (entry.isFile()) {
      Files.createDirectories(file.getParent());
      Files.write(file, entry.content());
      // A class-data archive knows jars by size and time.
      Files.setLastModifiedTime(file, FileTime.from(entry.modified()));
    }
  }

  /** What the container runtime is told. */
  JsonNode config() {
    return config.path("config");
  }

  /** When it says that it was made. */
  String created() {
    return config.path("created").asText();
  }

  /** All that its layers hold. */
  List<TarFile.Entry> entries() {
    return entries;
  }

  /** The jars below a folder. */
  List<String> jars(String folder) {
    return entries.stream()
        .map(TarFile.Entry::path)
        .filter(path -> path.startsWith(folder) && path.endsWith(".jar"))
        .toList();
  }

  /** The entries of the class path, as the image names them. */
  List<String> classPath() {
    return classPath;
  }

  List<String> list(String field) {
    return StreamSupport.stream(config().path(field).spliterator(), /* parallel= */ false)
        .map(JsonNode::asText)
        .toList();
  }

  /** The entry point's words after {@code java}, for this host. */
  List<String> arguments() {
    List<String> words = list("Entrypoint");
    assertThat(words.get(0)).isEqualTo("java");
    return words.stream().skip(1).map(this::here).toList();
  }

  /** A text of the image with the image's paths on this host. */
  String here(String text) {
    return text.replace(APP, root + APP);
  }

  /** Takes the right to write away, which means nothing to root, and remembers all files. */
  Map<Path, FileTime> freeze() throws IOException {
    Map<Path, FileTime> files = files();
    files.keySet().forEach(path -> assertThat(path.toFile().setReadOnly()).isTrue());
    return files;
  }

  /** Folders and files, with the time of their last change. */
  Map<Path, FileTime> files() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.collect(Collectors.toMap(path -> path, UnpackedImage::modified));
    }
  }

  /** Gives it back, so that the folder can be deleted. */
  void thaw() throws IOException {
    files().keySet().forEach(path -> assertThat(path.toFile().setWritable(true)).isTrue());
  }

  private static FileTime modified(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
