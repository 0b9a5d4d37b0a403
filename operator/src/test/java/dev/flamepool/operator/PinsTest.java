package dev.flamepool.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is fetched for a build is what somebody has looked at. */
class PinsTest {
  private static final Pattern FROM = Pattern.compile("(?m)^FROM (.*)$");
  private static final Pattern PINNED = Pattern.compile(".+@sha256:[0-9a-f]{64}|\\$\\{[A-Z]+}");

  private static List<Path> texts() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("..", "docs"))) {
      List<Path> all = new ArrayList<>(docs.filter(Files::isRegularFile).toList());
      all.add(Path.of("src", "main", "docker", "Dockerfile"));
      return all;
    }
  }

  @Test
  void imagesAreBuiltOnDigests() throws IOException {
    List<String> bases = new ArrayList<>();
    for (Path text : texts()) {
      FROM.matcher(Files.readString(text))
          .results()
          .map((MatchResult match) -> match.group(1))
          .forEach(bases::add);
    }
    assertThat(bases).hasSizeGreaterThan(1).allMatch(base -> PINNED.matcher(base).matches());
    String pinned = bases.stream().filter(base -> base.contains("@")).findFirst().orElseThrow();
    assertThat(Files.readString(Path.of("pom.xml"))).as("one base").contains(pinned);
  }

  @Test
  void anArtifactWithAnotherChecksumIsNoDependency() throws IOException {
    assertThat(Files.readAllLines(Path.of("..", ".mvn", "maven.config")))
        .contains("--strict-checksums");
  }
}
