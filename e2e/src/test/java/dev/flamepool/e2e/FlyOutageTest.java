package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Fly's API goes away and comes back; its machines do not. */
class FlyOutageTest extends Scenario {
  /** The processes of the machines, by the simulator's own notes of them. */
  @Override
  List<ProcessHandle> runnerProcesses() {
    Path machines = folder.resolve("fly/machines");
    if (!Files.isDirectory(machines)) {
      return List.of();
    }
    try (Stream<Path> homes = Files.list(machines)) {
      return homes
          .map(home -> home.resolve("process"))
          .flatMap(FlyOutageTest::pid)
          .flatMap(pid -> ProcessHandle.of(pid).stream())
          .filter(process -> process.info().command().isPresent())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Long> pid(Path note) {
    try {
      String text = Files.readString(note);
      return Stream.of(Long.valueOf(text.substring(0, text.indexOf(' '))));
    } catch (IOException | RuntimeException gone) {
      return Stream.empty();
    }
  }

  @Test
  void callsGoOnWhileFlysApiIsDownAndNothingIsLeftOnceItIsBack() throws Exception {
    FlyCloud fly = FlyCloud.start(this);
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("fly")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("token", FlyCloud.TOKEN)
                .build())
        .create();
    startOperator("--allow-endpoints", fly.url());
    applyPool(
        "work",
        "{min: 1, max: 2, maxConcurrency: 1, idleShutdownAfter: 5s, backends: [%s]}"
            .formatted(fly.backend()));
    await("the kept runner", () -> ready("work") == 1);
    assertThat(status("work").orElseThrow().endpoints())
        .extracting(endpoint -> endpoint.address())
        .allMatch(address -> address.matches("\\[::ffff:127[.0-9]+]:7600"));
    JavaProcess app = startApp("app", "work");
    app.say("env machine FLY_MACHINE_ID");
    assertThat(outcome(app, "machine")).matches("done machine [0-9a-f]{14}");

    fly.kill();
    app.say("patient down 100");
    assertThat(outcome(app, "down")).startsWith("done");
    assertThat(runnerProcesses()).hasSize(1);
    FlyCloud again = fly.again(this);

    IntStream.range(0, 2).forEach(i -> app.say("patient again" + i + " 3000"));
    IntStream.range(0, 2).forEach(i -> assertThat(outcome(app, "again" + i)).startsWith("done"));
    await("the kept runner alone", () -> ready("work") == 1 && runners().size() == 1);
    await("its machine alone", () -> runnerProcesses().size() == 1);
    assertThat(again.violations()).isEmpty();
  }
}
