package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A pool after a spike, minute by minute and at once: real callers' choice and demand, the
 * operator's formula for them, runners that end when idle. Time is an argument.
 */
class SpikeTest {
  private static final long MS = 1_000_000;
  private static final long IDLE = Duration.ofSeconds(30).toNanos();
  private static final long BOOT = Duration.ofSeconds(1).toNanos();
  private static final int PLACES = 5;
  private static final int MAX = 10;

  private static final class Runner implements RunnerChoice.Candidate {
    final int ordinal;
    final long readyAt;
    final List<Long> ends = new ArrayList<>();
    long activeAt;

    Runner(int ordinal, long readyAt) {
      this.ordinal = ordinal;
      this.readyAt = readyAt;
      this.activeAt = readyAt;
    }

    @Override
    public boolean hasRoom() {
      return ends.size() < PLACES;
    }

    @Override
    public int calls() {
      return ends.size();
    }

    void call(long now, long duration) {
      ends.add(now + duration);
      activeAt = now;
    }

    boolean isIdle(long now) {
      if (ends.removeIf(end -> end <= now)) {
        activeAt = now;
      }
      return ends.isEmpty() && now - activeAt >= IDLE;
    }
  }

  private static final class Caller {
    final DemandSchedule schedule;
    final List<Long> running = new ArrayList<>();
    final List<Long> waiting = new ArrayList<>();
    boolean called;
    int inFlight;
    int queued;

    Caller(double chance) {
      schedule = new DemandSchedule(chance);
    }

    void say(long now, int callers) {
      running.removeIf(end -> end <= now);
      var answer = schedule.ask(now, running.size(), waiting.size(), called, callers, false);
      called = false;
      if (answer.act() == DemandSchedule.Act.WRITE) {
        inFlight = answer.inFlight();
        queued = answer.queued();
      } else if (answer.act() == DemandSchedule.Act.DELETE) {
        inFlight = 0;
        queued = 0;
      }
    }
  }

  private final Random random = new Random(5);
  private final List<Runner> runners = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();
  private int desired;

  private void call(Caller caller, long now, long duration) {
    caller.called = true;
    caller.waiting.add(duration);
    serve(caller, now);
  }

  private void serve(Caller caller, long now) {
    List<Runner> ready = runners.stream().filter(r -> r.readyAt <= now).toList();
    while (!caller.waiting.isEmpty()) {
      Runner runner = RunnerChoice.choose(ready, desired, random);
      if (runner == null) {
        return;
      }
      long duration = caller.waiting.remove(0);
      runner.call(now, duration);
      caller.running.add(now + duration);
    }
  }

  private void operate(long now) {
    runners.removeIf(runner -> runner.isIdle(now));
    for (Caller caller : callers) {
      serve(caller, now);
      caller.say(now, callers.size());
    }
    int calls = callers.stream().mapToInt(caller -> caller.inFlight + caller.queued).sum();
    desired = Math.min(MAX, (calls + PLACES - 1) / PLACES);
    for (int ordinal = 0; ordinal < MAX && runners.size() < desired; ordinal++) {
      int free = ordinal;
      if (runners.stream().noneMatch(runner -> runner.ordinal == free)) {
        runners.add(Math.min(ordinal, runners.size()), new Runner(ordinal, now + BOOT));
      }
    }
  }

  /** Returns how many runners were left two idle times after the spike. */
  private int spikeThenTrickle(int many) {
    runners.clear();
    callers.clear();
    desired = 0;
    IntStream.range(0, many).forEach(i -> callers.add(new Caller(random.nextDouble())));
    long now = 0;
    for (; now < 60_000 * MS; now += 10 * MS) { // 50 calls at once
      for (int i = 0; i < 50; i++) {
        if ((now / MS + 20L * i) % 1_000 == 0) {
          call(callers.get(i % many), now, 1_000 * MS);
        }
      }
      operate(now);
    }
    assertThat(runners).as("at the height of the spike").hasSize(MAX);
    long[] next = random.longs(many, now / MS / 10, now / MS / 10 + 200).toArray();
    long end = now + 2 * IDLE;
    int left = -1;
    for (; now < end + 120_000 * MS; now += 10 * MS) {
      for (int i = 0; i < many; i++) {
        if (next[i] * 10 * MS == now) { // every 2 s or so
          call(callers.get(i), now, 20 * MS);
          next[i] += 150 + random.nextInt(100);
        }
      }
      operate(now);
      if (now >= end) {
        left = Math.max(left, runners.size());
      }
    }
    return left;
  }

  @Test
  void aTrickleFromTwentyCallersLeavesOneRunnerWithinTwoIdleTimes() {
    for (int round = 0; round < 20; round++) {
      assertThat(spikeThenTrickle(20)).as("round " + round).isEqualTo(1);
    }
  }
}
