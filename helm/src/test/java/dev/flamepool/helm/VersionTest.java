package dev.flamepool.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Image and charts have one version, so that neither is told of the other's. */
class VersionTest {
  private static final Path ROOT = Path.of("../pom.xml");

  private static String version() throws IOException {
    return first(ROOT, "<image.version>(.*)</image.version>");
  }

  private static String first(Path file, String pattern) throws IOException {
    Matcher found = Pattern.compile(pattern, Pattern.MULTILINE).matcher(Files.readString(file));
    assertThat(found.find()).as(pattern + " in " + file).isTrue();
    return found.group(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flamepool-crds", "flamepool-operator"})
  void aChartIsOfTheImagesVersion(String chart) throws IOException {
    Path file = Path.of(chart, "Chart.yaml");
    assertThat(first(file, "^version: (.*)$")).isEqualTo(version());
    assertThat(first(file, "^appVersion: (.*)$")).isEqualTo(version());
  }

  @Test
  void itIsTheBuildsOwn() throws IOException {
    assertThat(first(ROOT, "^  <version>(.*)</version>$")).isIn(version(), version() + "-SNAPSHOT");
  }

  @Test
  void whatTheBuildMakesIsWhatTheChartAsksFor() throws IOException {
    Path operator = Path.of("../operator/pom.xml");
    String repository = first(operator, "<image.repository>(.*)</image.repository>");
    assertThat(first(operator, "<image>(.*)</image>"))
        .isEqualTo("${image.repository}:${image.version}");
    assertThat(
            OperatorChart.rendered("{}")
                .of("Deployment")
                .get(0)
                .at("/spec/template/spec/containers/0/image")
                .asText())
        .isEqualTo(repository + ":" + version());
  }
}
