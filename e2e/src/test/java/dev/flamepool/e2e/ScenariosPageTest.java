package dev.flamepool.e2e;

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

/** The page of scenarios names tests that exist and that its dedicated run includes. */
class ScenariosPageTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void everyTestItNamesExistsAndIsTagged() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/scenarios.md"));
    List<MatchResult> named =
        Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`").matcher(page).results().toList();
    assertThat(named).hasSizeGreaterThan(30);
    for (MatchResult test : named) {
      assertThat(sources(test.group(1)))
          .as(test.group())
          .anySatisfy(
              source ->
                  assertThat(source)
                      .contains("@Tag(\"scenario\")")
                      .contains(test.group(2) == null ? "" : "void " + test.group(2) + "("));
    }
  }

  private static List<String> sources(String type) throws IOException {
    List<String> found = new ArrayList<>();
    for (String module : List.of("runner-lib", "e2e")) {
      Path tests = ROOT.resolve(module).resolve("src/test/java");
      try (Stream<Path> files = Files.walk(tests)) {
        files.filter(file -> file.endsWith(type + ".java")).forEach(file -> found.add(read(file)));
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
