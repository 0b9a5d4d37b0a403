package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Builds of one application that differ in a resource, alive at the same time. */
@Tag("scenario")
class RollingDeployTest extends Scenario {
  private static final int MAX = 4;

  /** A class path of its own for a build. */
  private String build(String name) throws IOException {
    Path resources = Files.createDirectories(folder.resolve("build-" + name));
    Files.writeString(resources.resolve("build"), name);
    return JavaProcess.classPath() + File.pathSeparator + resources;
  }

  private void deploy(String classPath) {
    applyPool(
        "work",
        "{min: 0, max: "
            + MAX
            + ", maxConcurrency: 2, idleShutdownAfter: 4s, bootTimeout: 2m, backends: [{name:"
            + " local, local: {classPath: '"
            + classPath
            + "', "
            + jvmOptions()
            + "}}]}");
  }

  private Set<String> versionsServed() {
    return status("work").orElseThrow().endpoints().stream()
        .map(FlamePoolStatus.Endpoint::codeVersion)
        .collect(Collectors.toSet());
  }

  @Test
  void eachBuildIsServedByItsOwnRunnersAndAnUnknownOneIsToldSo() throws Exception {
    startOperator();
    deploy(build("one"));
    JavaProcess one = startApp("one", "work", build("one"));
    one.say("build first 0");
    assertThat(outcome(one, "first")).isEqualTo("done first one");

    deploy(build("two"));
    JavaProcess two = startApp("two", "work", build("two"));
    for (int i = 0; i < 20; i++) {
      one.say("build a" + i + " 300");
      two.say("build b" + i + " 300");
      if (i % 4 == 0) {
        assertThat(outcome(one, "a" + i)).isEqualTo("done a" + i + " one");
        assertThat(outcome(two, "b" + i)).isEqualTo("done b" + i + " two");
        assertThat(versionsServed()).hasSize(2);
        assertThat(runners()).hasSizeLessThanOrEqualTo(MAX);
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(outcome(one, "a" + i)).isEqualTo("done a" + i + " one");
      assertThat(outcome(two, "b" + i)).isEqualTo("done b" + i + " two");
    }

    one.terminate();
    two.say("build keep 10000");
    await("only the newest build's runners", () -> versionsServed().size() == 1);
    assertThat(outcome(two, "keep")).isEqualTo("done keep two");

    JavaProcess three = startApp("three", "work", build("three"));
    three.say("build unknown 0");
    assertThat(outcome(three, "unknown")).contains("CodeVersionMismatchException");
    three.say("build again 0");
    assertThat(outcome(three, "again")).contains("CodeVersionMismatchException");
    assertThat(probes()).as("probes").hasSizeLessThanOrEqualTo(1);
    assertThat(status("work").orElseThrow().refusals()).hasSize(1);
    two.say("build still 0");
    assertThat(outcome(two, "still")).isEqualTo("done still two");
  }

  private List<FlameRunner> probes() {
    String unknown = status("work").orElseThrow().refusals().get(0).codeVersion();
    return runners().stream()
        .filter(runner -> runner.getMetadata().getAnnotations() != null)
        .filter(
            runner ->
                unknown.equals(
                    runner.getMetadata().getAnnotations().get(Names.WANTED_CODE_VERSION)))
        .toList();
  }
}
