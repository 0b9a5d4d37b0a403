package dev.flamepool.bench;

import dev.flamepool.Pool;
import dev.flamepool.caller.Engines;
import dev.flamepool.closure.CodeVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One round of the call path, in a JVM of its own: a runner and two echoes beside it, all warmed
 * up, then windows of each in turn. Prints its figures, one a line.
 */
final class Round {
  private final Options options;
  private final BiConsumer<String, Double> figures;

  private Round(Options options, BiConsumer<String, Double> figures) {
    this.options = options;
    this.figures = figures;
  }

  /** Arguments: the options, encoded, and a folder for the runner. */
  public static void main(String[] args) throws Exception {
    Jvm.endWithParent();
    run(
        Options.decode(args[0]),
        Path.of(args[1]),
        (name, value) -> System.out.println(name + " " + value));
    System.exit(0); // threads of the two systems are left
  }

  static void run(Options options, Path folder, BiConsumer<String, Double> figures)
      throws Exception {
    Authority authority = new Authority();
    List<String> flags = Jvm.steady(options.heap());
    try (RunnerJvm runner = RunnerJvm.start(authority, folder, "steady", Jvm.classPath(), flags)) {
      Runtime.getRuntime().addShutdownHook(new Thread(runner::close));
      HandFedPool source = new HandFedPool(authority.caller());
      source.ready(List.of(runner.endpoint()));
      EchoSubject.MessageSize size = messageSize(authority, runner);
      Engines engines = engines(source);
      try (EchoSubject raw = EchoSubject.raw(flags, size, options.largeBytes());
          EchoSubject tls =
              EchoSubject.tls(
                  flags, authority, folder.resolve("echo"), size, options.largeBytes())) {
        Pool pool = engines.pool(RunnerJvm.POOL);
        Round round = new Round(options, figures);
        figures.accept("bytes request", (double) size.request());
        figures.accept("bytes reply", (double) size.reply());
        round.measure(new FlamePoolSubject(pool, runner.pid(), options.largeBytes()), raw, tls);
      } finally {
        engines.close(Duration.ZERO);
      }
    }
  }

  /** The way of an application to the pool, but for where its status comes from. */
  static Engines engines(HandFedPool source) {
    return Engines.remote(
        RunnerJvm.NAMESPACE,
        pool -> source,
        Round.class.getClassLoader(),
        () -> new CodeVersion(RunnerJvm.CODE, List.of()),
        () -> {},
        Engines.Additions.NONE);
  }

  /** Learned from calls through a relay; the first ones also carry what comes once only. */
  private static EchoSubject.MessageSize messageSize(Authority authority, RunnerJvm runner)
      throws Exception {
    try (CountingRelay relay = new CountingRelay(runner.endpoint().address())) {
      HandFedPool source = new HandFedPool(authority.caller());
      source.ready(List.of(runner.endpoint(relay.address())));
      Engines engines = engines(source);
      try {
        Pool pool = engines.pool(RunnerJvm.POOL);
        for (int i = 0; i < 50; i++) {
          Work.small(pool, 1_000_000);
        }
        Thread.sleep(200); // a spare slot may be opening beside
        long requests = relay.requests.get();
        long replies = relay.replies.get();
        int calls = 100;
        for (int i = 0; i < calls; i++) {
          Work.small(pool, 1_000_000);
        }
        return new EchoSubject.MessageSize(
            (int) ((relay.requests.get() - requests) / calls),
            (int) ((relay.replies.get() - replies) / calls));
      } finally {
        engines.close(Duration.ZERO);
      }
    }
  }

  private void measure(Subject flamepool, Subject raw, Subject tls) throws Exception {
    List<Subject> subjects = List.of(flamepool, raw, tls);
    for (Subject subject : subjects) {
      WarmUp.run(subject, options, options.warmUpMs());
    }
    figures.accept("aes", Aes.megabytesPerSecond(options.windowMs()));
    for (int i = 0; i < options.pairs(); i++) {
      List<Subject> turn = new ArrayList<>(subjects);
      Collections.rotate(turn, i);
      for (Subject subject : turn) {
        one(subject);
      }
      for (Subject subject : turn) {
        many(subject);
      }
      for (Subject subject : turn) {
        large(subject);
      }
    }
  }

  private void one(Subject subject) throws Exception {
    Load.Window w = Load.run(subject, 1, options.windowMs(), Subject.Caller::small);
    report(subject, "one p50", w.p50Micros());
    report(subject, "one p99", w.p99Micros());
    report(subject, "one cpu", w.cpuMicrosPerCall());
  }

  private void many(Subject subject) throws Exception {
    Load.Window w = Load.run(subject, options.callers(), options.windowMs(), Subject.Caller::small);
    report(subject, "many rate", w.perSecond());
    report(subject, "many p50", w.p50Micros());
    report(subject, "many p99", w.p99Micros());
    report(subject, "many cpu", w.cpuMicrosPerCall());
  }

  private void large(Subject subject) throws Exception {
    Load.Window w = Load.run(subject, 1, options.windowMs(), Subject.Caller::large);
    report(subject, "large rate", w.perSecond() * 2 * options.largeBytes() / 1e6);
    report(subject, "large cpu", w.cpuMicrosPerCall() / 1e3);
  }

  private void report(Subject subject, String what, double value) {
    figures.accept(subject.name() + " " + what, value);
  }
}
