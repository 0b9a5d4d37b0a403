package dev.flamepool.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The operator's chart, rendered by Helm's own code and read back. Its library leaves hooks out, so
 * what is rendered is a copy whose hooks have another annotation.
 */
final class OperatorChart {
  static final Path FOLDER = Path.of("flamepool-operator");
  static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private static final Path COPY = copy();

  private final String text;
  private final List<JsonNode> documents;

  private OperatorChart(String text) {
    this.text = text;
    this.documents = parse(text);
  }

  /** The release {@code flamepool} in {@code flamepool-system}; {@code values} is YAML. */
  static OperatorChart rendered(String values) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        return rendered(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static OperatorChart rendered(Path values) {
    return new OperatorChart(
        new Helm(COPY)
            .template()
            .withName("flamepool")
            .withNamespace("flamepool-system")
            .withValuesFile(values)
            .call());
  }

  String text() {
    return text;
  }

  List<JsonNode> documents() {
    return documents;
  }

  List<JsonNode> of(String kind) {
    return documents.stream().filter(d -> d.path("kind").asText().equals(kind)).toList();
  }

  JsonNode one(String kind) {
    List<JsonNode> found = of(kind);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " of " + kind + " in\n" + text);
    }
    return found.get(0);
  }

  JsonNode pod() {
    return one("Deployment").at("/spec/template/spec");
  }

  List<String> operatorArguments() {
    return texts(pod().at("/containers/0/args"));
  }

  List<String> endPoolsArguments() {
    return texts(one("Job").at("/spec/template/spec/containers/0/args"));
  }

  static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static Path copy() {
    Path copy = Path.of("target", "hooks-shown", "flamepool-operator");
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = copy.resolve(FOLDER.relativize(file));
        Files.createDirectories(target.getParent());
        Files.writeString(
            target, Files.readString(file).replace("\"helm.sh/hook", "\"shown.example/hook"));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> parse(String text) {
    try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(text)) {
      return all.readAll().stream().filter(JsonNode::isObject).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
