package dev.flamepool.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that call one after another for a while. */
final class Load {
  private static final long RAMP_MS = 100;
  private static final long CPU_STEP_MS = 10;
  private static final int ENOUGH = 1 << 20;

  private volatile long from = Long.MAX_VALUE;
  private volatile long to = Long.MAX_VALUE;
  private volatile boolean anyEnded;

  /** What is called. */
  @FunctionalInterface
  interface Act {
    /** One call. */
    void call(Subject.Caller caller, int number) throws Exception;
  }

  /**
   * What a window showed.
   *
   * @param calls that ended within it
   * @param nanos its length
   * @param cpuNanos of both ends, while it lasted
   * @param p50Micros median of their latencies
   * @param p99Micros and what 99 of 100 stay below
   */
  record Window(long calls, long nanos, long cpuNanos, double p50Micros, double p99Micros) {
    double perSecond() {
      return calls * 1e9 / nanos;
    }

    double cpuMicrosPerCall() {
      return cpuNanos / 1e3 / calls;
    }
  }

  private Load() {}

  /**
   * Runs that many callers, and measures after a short ramp. Where the machine is so slow that the
   * window would show nothing, it lasts until a call has ended and CPU time was counted.
   */
  static Window run(Subject subject, int callers, long millis, Act act) throws Exception {
    return new Load().measure(subject, callers, millis, act);
  }

  private Window measure(Subject subject, int callers, long millis, Act act) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<long[]>> running = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        Subject.Caller caller = subject.caller(i);
        running.add(threads.submit(() -> loop(caller, act)));
      }
      Thread.sleep(RAMP_MS);
      long start = System.nanoTime();
      long cpu = cpu(subject);
      from = start;
      Thread.sleep(millis);
      while ((!anyEnded || cpu(subject) == cpu) && running.stream().noneMatch(Future::isDone)) {
        Thread.sleep(CPU_STEP_MS);
      }
      long end = System.nanoTime();
      to = end;
      return window(running, end - start, cpu(subject) - cpu);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Window window(List<Future<long[]>> running, long nanos, long cpu)
      throws Exception {
    long calls = 0;
    List<long[]> parts = new ArrayList<>();
    for (Future<long[]> future : running) {
      long[] part;
      try {
        part = future.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
      parts.add(part);
      calls += part.length;
    }
    long[] all = new long[(int) calls];
    int n = 0;
    for (long[] part : parts) {
      System.arraycopy(part, 0, all, n, part.length);
      n += part.length;
    }
    Arrays.sort(all);
    return new Window(calls, nanos, cpu, micros(all, 0.5), micros(all, 0.99));
  }

  private static double micros(long[] sorted, double quantile) {
    int last = sorted.length - 1;
    return last < 0 ? Double.NaN : sorted[(int) Math.round(last * quantile)] / 1e3;
  }

  /** Latencies of the calls that ended within the window. */
  private long[] loop(Subject.Caller caller, Act act) throws Exception {
    long[] latencies = new long[1024];
    int n = 0;
    long begin = System.nanoTime();
    for (int number = 0; ; number++) {
      act.call(caller, number);
      long now = System.nanoTime();
      if (now - to >= 0 && to != Long.MAX_VALUE) {
        return Arrays.copyOf(latencies, n);
      }
      if (from != Long.MAX_VALUE && now - from >= 0 && n < ENOUGH) {
        if (n == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * n);
        }
        latencies[n++] = now - begin;
        if (!anyEnded) {
          anyEnded = true;
        }
      }
      begin = now;
    }
  }

  /** Of both ends, in steps of {@link #CPU_STEP_MS}. */
  static long cpu(Subject subject) {
    long own = cpu(ProcessHandle.current());
    return own + ProcessHandle.of(subject.pid()).map(Load::cpu).orElse(0L);
  }

  private static long cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }
}
