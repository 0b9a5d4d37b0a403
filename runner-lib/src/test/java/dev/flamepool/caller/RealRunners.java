package dev.flamepool.caller;

import static org.awaitility.Awaitility.await;

import dev.flamepool.Pool;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runners in JVMs of their own and a caller that a test tells about them. */
@Timeout(120)
abstract class RealRunners {
  static final Certificates CERTIFICATES = new Certificates();

  @TempDir Path folder;
  final List<RunnerProcess> runners = new ArrayList<>();
  final List<Engines> callers = new ArrayList<>();
  ManualSource source;
  Pool pool;

  @BeforeEach
  void caller() throws Exception {
    source = new ManualSource(CERTIFICATES.caller().identity());
    pool = caller(source).pool(RunnerProcess.POOL);
  }

  Engines caller(ManualSource from) {
    Engines engines =
        Engines.remote(
            RunnerProcess.NAMESPACE,
            name -> from,
            RealRunners.class.getClassLoader(),
            () -> new CodeVersion(RunnerProcess.CODE, List.of()),
            () -> {},
            Engines.Additions.NONE);
    callers.add(engines);
    return engines;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    callers.forEach(caller -> caller.close(Duration.ZERO));
    for (RunnerProcess runner : runners) {
      runner.close();
    }
  }

  RunnerProcess start(int ordinal, int maxConcurrency) throws Exception {
    return start(ordinal, maxConcurrency, false);
  }

  RunnerProcess start(int ordinal, int maxConcurrency, boolean singleUse) throws Exception {
    RunnerProcess runner =
        RunnerProcess.start(
            CERTIFICATES, folder, ordinal, "uid-" + runners.size(), maxConcurrency, singleUse);
    runners.add(runner);
    return runner;
  }

  /** That many ready runners. */
  List<RunnerProcess> ready(int count, int maxConcurrency) throws Exception {
    List<RunnerProcess> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      started.add(start(i, maxConcurrency));
    }
    source.ready(started.stream().map(RunnerProcess::endpoint).toList());
    return started;
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  void awaitFile(String name) {
    await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(folder.resolve(name)));
  }
}
