package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.Places.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose turn it is at one endpoint: its accounts take turns, and in each account its flows. Decides
 * only; not thread-safe.
 *
 * <p>An account begins with {@link #FIRST} places. Each piece of work that is done in time adds
 * one, up to {@link #MOST}; each that took {@link #SLOW} halves them. Accounts that were slow
 * lately have half of the endpoint's threads at most: the other half is left to those that are not.
 */
final class EndpointLanes {
  static final int FIRST = 2;

  /** A launch at EC2 takes up to 5 s, and two begin each second; the rest is for looks and ends. */
  static final int MOST = 16;

  /** What a cloud that works never takes; a request without an answer takes 30 s and more. */
  static final Duration SLOW = Duration.ofSeconds(10);

  /** With 0.1 MB of stack each, what a small operator can afford for some endpoints that hang. */
  static final int THREADS = 64;

  /** An account that was slow is known as slow for so long. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  /**
   * A piece of work that has a thread.
   *
   * @param lane where it waited
   * @param slow whether it takes one of the threads for slow accounts
   */
  record Turn(Lane lane, boolean slow, Runnable work) {}

  /** One account. */
  static final class Lane {
    private final FairQueue<String, Runnable> waiting = new FairQueue<>();
    private int places = FIRST;
    private int busy;
    private Instant slowUntil = Instant.MIN;
  }

  /** In the order in which it is their turn. */
  private final Map<Account, Lane> lanes = new LinkedHashMap<>();

  private Instant now = Instant.MIN;
  private int threads;
  private int slow;

  void add(Account account, String flow, Runnable work, Instant at) {
    now = at;
    lanes.computeIfAbsent(account, a -> new Lane()).waiting.add(flow, work);
  }

  void remove(Account account, String flow, Runnable work) {
    lanes.get(account).waiting.remove(flow, work);
  }

  boolean needsThread() {
    return threads < THREADS && lanes.values().stream().anyMatch(this::hasTurn);
  }

  boolean isWithoutThreads() {
    return threads == 0;
  }

  void threadAdded() {
    threads++;
  }

  void threadGone() {
    threads--;
  }

  /** Work for a thread that has none; empty when nobody has a turn. */
  Optional<Turn> next() {
    Optional<Map.Entry<Account, Lane>> first =
        lanes.entrySet().stream().filter(entry -> hasTurn(entry.getValue())).findFirst();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    Account account = first.get().getKey();
    Lane lane = first.get().getValue();
    lanes.remove(account);
    lanes.put(account, lane); // behind all others
    lane.busy++;
    boolean isSlow = isSlow(lane);
    slow += isSlow ? 1 : 0;
    return Optional.of(new Turn(lane, isSlow, lane.waiting.poll().orElseThrow()));
  }

  private boolean hasTurn(Lane lane) {
    return lane.busy < lane.places
        && !lane.waiting.isEmpty()
        && (!isSlow(lane) || slow < THREADS / 2);
  }

  private boolean isSlow(Lane lane) {
    return lane.slowUntil.isAfter(now);
  }

  void done(Turn turn, Instant begun, Instant ended) {
    now = ended;
    Lane lane = turn.lane();
    lane.busy--;
    slow -= turn.slow() ? 1 : 0;
    if (Duration.between(begun, ended).compareTo(SLOW) < 0) {
      lane.places = Math.min(MOST, lane.places + 1);
      lane.slowUntil = Instant.MIN;
    } else {
      lane.places = Math.max(1, lane.places / 2);
      lane.slowUntil = ended.plus(REMEMBERED);
    }
    forget(ended);
  }

  /**
   * Forgets accounts that are not used.
   *
   * @return whether nothing is left
   */
  boolean forget(Instant at) {
    now = at;
    lanes.values().removeIf(lane -> lane.busy == 0 && lane.waiting.isEmpty() && !isSlow(lane));
    return threads == 0 && lanes.isEmpty();
  }

  int waiting() {
    return lanes.values().stream().mapToInt(lane -> lane.waiting.size()).sum();
  }

  int underWay() {
    return lanes.values().stream().mapToInt(lane -> lane.busy).sum();
  }

  void clear() {
    lanes.clear();
  }
}
