package dev.flamepool.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is committed for people to install is what the code says. */
class GeneratedCrdsTest {
  private static final List<Path> COPIES =
      List.of(Path.of("../manifests/crds"), Path.of("../helm/flamepool-crds/templates"));

  @Test
  void committedCrdsAreTheGeneratedOnes() throws IOException {
    for (Path folder : COPIES) {
      for (Map.Entry<String, String> file : CrdYaml.generate().entrySet()) {
        Path committed = folder.resolve(file.getKey());
        if (Boolean.getBoolean("crds.write")) {
          Files.createDirectories(folder);
          Files.writeString(committed, file.getValue());
        }
        assertThat(committed)
            .as("write it anew with: mvn -pl api-crds test -Dtest=GeneratedCrdsTest -Dcrds.write")
            .exists()
            .content()
            .isEqualTo(file.getValue());
      }
    }
  }
}
