package dev.flamepool.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.runner.LeftProcesses.Children;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What calls leave behind is counted and told, and nothing else happens to it. */
class LeftProcessesTest {
  private static final Duration PAUSE = Duration.ofNanos(LeftProcesses.PAUSE_NANOS);

  private final ManualTicker clock = new ManualTicker();
  private final List<String> said = new ArrayList<>();
  private Children children = new Children(0, 0);
  private int running;
  private int looks;

  private final LeftProcesses left =
      new LeftProcesses(
          clock,
          () -> running,
          () -> {
            looks++;
            return children;
          },
          said::add);

  private void after(int all, int ended) {
    children = new Children(all, ended);
    left.callEnded();
    clock.advance(PAUSE);
  }

  @Test
  void theyAreToldFromSomeNumberOnAndWheneverThereAreTwiceAsMany() {
    after(15, 5);
    assertThat(said).isEmpty();
    after(16, 5);
    assertThat(said)
        .singleElement()
        .asString()
        .contains("left 16 child processes", "5 have ended", "tini", "shareProcessNamespace");
    after(31, 31);
    assertThat(said).hasSize(1);
    after(32, 31);
    assertThat(said).hasSize(2);
  }

  @Test
  void whatARunningCallMayNeedIsNotCounted() {
    running = 1;
    after(100, 15);
    assertThat(said).isEmpty();
    after(100, 16);
    assertThat(said).singleElement().asString().contains("left 16 child processes");
  }

  @Test
  void manyCallsAreOneLook() {
    for (int i = 0; i < 1000; i++) {
      left.callEnded();
    }
    clock.advance(PAUSE.multipliedBy(10));
    assertThat(looks).isEqualTo(1);
  }

  /** What a container's limit of processes looks like to a JVM. */
  @Test
  void aRunnerThatCanMakeNoThreadSaysHowManyProcessesThereAre() {
    String noThread = "unable to create native thread: possibly out of memory";
    assertThat(left.explain(noThread)).isEqualTo(noThread);
    children = new Children(412, 400);
    assertThat(left.explain(noThread)).contains(noThread, "412 child processes", "400 have ended");
    assertThat(left.explain("Java heap space")).isEqualTo("Java heap space");
  }

  /** No thread, no memory for one: the call has ended all the same, and the next one looks. */
  @Test
  void aLookThatFailsCostsOneLook() {
    boolean[] full = {true};
    LeftProcesses other =
        new LeftProcesses(
            new Ticker() {
              @Override
              public long nanos() {
                return clock.nanos();
              }

              @Override
              public void after(long delayNanos, Runnable task) {
                if (full[0]) {
                  throw new OutOfMemoryError("unable to create native thread");
                }
                clock.after(delayNanos, task);
              }
            },
            () -> 0,
            () -> {
              throw new UnsupportedOperationException("no processes here");
            },
            said::add);
    other.callEnded();
    full[0] = false;
    other.callEnded();
    clock.advance(PAUSE);
    assertThat(said).singleElement().asString().contains("no processes here");
  }

  @Test
  void childrenAreThisProcesssOwn() throws Exception {
    Process child = new ProcessBuilder("sleep", "60").start();
    try {
      Children now = LeftProcesses.children();
      assertThat(now.all() - now.ended()).isPositive();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /** As {@code proc(5)} has it; a process may give itself any name. */
  @Test
  void oneThatHasEndedIsKnownByItsState() {
    assertThat(LeftProcesses.hasEnded("7 (sleep) Z 1 7 7 0")).isTrue();
    assertThat(LeftProcesses.hasEnded("7 (sleep) S 1 7 7 0")).isFalse();
    assertThat(LeftProcesses.hasEnded("7 (a) Z b) R 1 7 7 0")).isFalse();
    assertThat(LeftProcesses.hasEnded("7 (a) S b) Z 1 7 7 0")).isTrue();
    assertThat(LeftProcesses.hasEnded("")).isFalse();
  }
}
