package dev.flamepool.bench;

import dev.flamepool.Pool;
import dev.flamepool.caller.Engines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * From the start of a runner's JVM to the first result of a call that waits for it. What comes on
 * top in a cluster is the operator's and the machine's. The calling JVM is warm after the first
 * turn, which does not count.
 */
final class ColdStart {
  /** Of flags that are worth it where a runner lives for a few calls only. */
  private static final List<String> SHORT_LIVED =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /**
   * A way to start a runner.
   *
   * @param key in the names of its figures
   * @param title for people
   * @param flags of its JVM
   * @param archived whether its classes come from an AppCDS archive of a training run
   */
  record Kind(String key, String title, List<String> flags, boolean archived) {}

  static final List<Kind> KINDS =
      List.of(
          new Kind("default", "default flags, no archive", List.of(), false),
          new Kind("c1", "C1 + Serial, no archive", SHORT_LIVED, false),
          new Kind("default cds", "default flags, AppCDS", List.of(), true),
          new Kind("c1 cds", "C1 + Serial, AppCDS", SHORT_LIVED, true));

  private final Authority authority = new Authority();
  private final Path folder;
  private final String classPath;
  private int runs;

  private ColdStart(Path folder) throws Exception {
    this.folder = folder;
    this.classPath = ClassPath.asJars(Jvm.classPath(), folder);
  }

  static void run(Options options, Path folder, Samples samples, Progress progress)
      throws Exception {
    ColdStart cold = new ColdStart(folder);
    List<List<String>> flags = new ArrayList<>();
    for (Kind kind : KINDS) {
      progress.say("cold starts: preparing " + kind.title());
      flags.add(kind.archived() ? cold.train(kind) : kind.flags());
    }
    for (int turn = 0; turn <= options.coldRuns(); turn++) {
      progress.say("cold starts: turn " + turn + " of " + options.coldRuns());
      for (int i = 0; i < KINDS.size(); i++) {
        double[] millis = cold.start(flags.get(i));
        if (turn > 0) {
          String name = "cold " + KINDS.get(i).key();
          samples.add(name + " listening", millis[0]);
          samples.add(name + " first", millis[1]);
          samples.add(name + " hundredth", millis[2]);
        }
      }
    }
  }

  /** Runs once so that the JVM writes an archive when it ends; the flags to use it. */
  private List<String> train(Kind kind) throws Exception {
    Path archive = folder.resolve(kind.key().replace(' ', '-') + ".jsa");
    List<String> flags = new ArrayList<>(kind.flags());
    flags.add("-XX:ArchiveClassesAtExit=" + archive);
    start(flags);
    if (!Files.exists(archive)) {
      throw new IllegalStateException("the training run wrote no archive " + archive);
    }
    flags.set(flags.size() - 1, "-XX:SharedArchiveFile=" + archive);
    return flags;
  }

  /** Milliseconds until it listens, until the first result and until the hundredth. */
  private double[] start(List<String> flags) throws Exception {
    HandFedPool source = new HandFedPool(authority.caller());
    Engines engines = Round.engines(source);
    String uid = "cold-" + runs++;
    double[] millis = new double[3];
    long start = System.nanoTime();
    try (RunnerJvm runner = RunnerJvm.start(authority, folder, uid, classPath, flags)) {
      Pool pool = engines.pool(RunnerJvm.POOL);
      var first = pool.submit(() -> System.nanoTime());
      source.ready(List.of(runner.endpoint()));
      millis[0] = since(start);
      first.get();
      millis[1] = since(start);
      for (int i = 1; i < 100; i++) {
        Work.small(pool, i);
      }
      millis[2] = since(start);
      engines.close(Duration.ZERO);
      runner.stop();
    }
    return millis;
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
