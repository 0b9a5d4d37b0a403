package dev.flamepool.operator.backend;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Token buckets that keep requests below a cloud's own limits. Nothing here ever waits: whoever
 * gets no token comes back later. Those who ask for a machine's launch stand in a queue that is
 * fair between pools; only its first one waits for the token, all others for him. Thread-safe.
 */
public final class RateTokens {
  private static final int REMEMBERED = 10_000;

  /** Who is told when it is his turn asks by himself all the same: what tells him may be lost. */
  static final Duration LATER = Duration.ofSeconds(10);

  /** Who did not ask for so long is not there any more. */
  static final Duration LEFT = LATER.multipliedBy(3);

  /**
   * What a bucket gives.
   *
   * @param perSecond tokens that come back each second
   * @param burst tokens of a full bucket
   */
  public record Limit(int perSecond, int burst) {
    private Duration each() {
      return Duration.ofSeconds(1).dividedBy(perSecond);
    }
  }

  private static final class Queue {
    final FairQueue<String, MachineKey> order = new FairQueue<>();
    final Map<MachineKey, Instant> asked = new HashMap<>();

    void ask(MachineKey who, Instant now) {
      if (asked.put(who, now) == null) {
        order.add(flow(who), who);
      }
    }

    void leave(MachineKey who) {
      if (asked.remove(who) != null) {
        order.remove(flow(who), who);
      }
    }

    void served(MachineKey first) {
      asked.remove(first);
      order.poll();
    }

    Optional<MachineKey> first() {
      return order.first();
    }

    /** As he gives no sign, others do not wait for him. */
    void forgetTheLost(Instant now) {
      Optional<MachineKey> first = first();
      while (first.isPresent() && !now.isBefore(asked.get(first.get()).plus(LEFT))) {
        leave(first.get());
        first = first();
      }
    }

    private static String flow(MachineKey who) {
      return who.namespace() + "/" + who.pool();
    }
  }

  private final Clock clock;
  private final Consumer<String> turn;

  /** By bucket, when it will be full again. */
  private final Map<Object, Instant> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private final Map<Object, Queue> queues = new HashMap<>();

  /**
   * All buckets are full, and nobody waits.
   *
   * @param turn is told the uid of a runner that waited and now is the next: it should ask now
   */
  public RateTokens(Clock clock, Consumer<String> turn) {
    this.clock = clock;
    this.turn = turn;
  }

  /**
   * Takes a token.
   *
   * @param bucket which, by equality
   * @return zero with a token, else the time until there is one
   */
  public synchronized Duration take(Object bucket, Limit limit) {
    Duration wait = wait(bucket, limit);
    if (wait.isZero()) {
      Instant now = clock.instant();
      Instant full = buckets.getOrDefault(bucket, now);
      buckets.put(bucket, (full.isAfter(now) ? full : now).plus(limit.each()));
      forgetOldest();
    }
    return wait;
  }

  private Duration wait(Object bucket, Limit limit) {
    Instant now = clock.instant();
    Instant full = buckets.getOrDefault(bucket, now);
    Instant after = (full.isAfter(now) ? full : now).plus(limit.each());
    Duration wait = Duration.between(now.plus(limit.each().multipliedBy(limit.burst())), after);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** Stands in the queue for a bucket's tokens, at its end unless already there. */
  public Turn turn(Object bucket, Limit limit, MachineKey who) {
    ask(bucket, limit, who, false);
    return new Place(this, bucket, limit, who);
  }

  private record Place(RateTokens tokens, Object bucket, Limit limit, MachineKey who)
      implements Turn {
    @Override
    public Duration left() {
      return tokens.ask(bucket, limit, who, false);
    }

    @Override
    public void leave() {
      tokens.leave(bucket, who);
    }
  }

  /**
   * Takes a token if it is somebody's turn, who else stands in the queue from now on.
   *
   * @return zero with a token, else the time to wait at least
   */
  public Duration take(Object bucket, Limit limit, MachineKey who) {
    return ask(bucket, limit, who, true);
  }

  private Duration ask(Object bucket, Limit limit, MachineKey who, boolean take) {
    Optional<MachineKey> told;
    Duration wait;
    synchronized (this) {
      Instant now = clock.instant();
      Queue queue = queues.computeIfAbsent(bucket, b -> new Queue());
      Optional<MachineKey> before = queue.first();
      queue.ask(who, now);
      queue.forgetTheLost(now);
      if (!queue.first().equals(Optional.of(who))) {
        wait = LATER;
      } else if (take) {
        wait = take(bucket, limit);
      } else {
        wait = wait(bucket, limit);
      }
      if (take && wait.isZero()) {
        queue.served(who);
      }
      told = next(bucket, queue, before);
    }
    told.filter(next -> !next.equals(who)).ifPresent(next -> turn.accept(next.runnerUid()));
    return wait;
  }

  private void leave(Object bucket, MachineKey who) {
    Optional<MachineKey> told = Optional.empty();
    synchronized (this) {
      Queue queue = queues.get(bucket);
      if (queue != null) {
        Optional<MachineKey> before = queue.first();
        queue.leave(who);
        told = next(bucket, queue, before);
      }
    }
    told.ifPresent(next -> turn.accept(next.runnerUid()));
  }

  /** Whose turn has come through a change of the queue. */
  private Optional<MachineKey> next(Object bucket, Queue queue, Optional<MachineKey> before) {
    Optional<MachineKey> first = queue.first();
    if (first.isEmpty()) {
      queues.remove(bucket);
    }
    return first.equals(before) ? Optional.empty() : first;
  }

  /** The cloud itself said that it is too much: nothing more for this long, then one by one. */
  public synchronized void empty(Object bucket, Limit limit, Duration pause) {
    buckets.put(
        bucket, clock.instant().plus(pause).plus(limit.each().multipliedBy(limit.burst() - 1L)));
  }

  private void forgetOldest() {
    Iterator<Object> oldest = buckets.keySet().iterator();
    while (buckets.size() > REMEMBERED) {
      oldest.next();
      oldest.remove();
    }
  }
}
