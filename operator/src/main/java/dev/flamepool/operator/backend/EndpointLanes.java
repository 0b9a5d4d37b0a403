package dev.flamepool.operator.backend;

import dev.flamepool.operator.backend.Places.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose turn it is at one endpoint: its accounts take turns, and in each account its flows. Decides
 * only; not thread-safe.
 *
 * <p>An account begins with {@link #FIRST} places. Each piece of work that is done in time adds
 * one, up to {@link #MOST}; each that took {@link #SLOW} halves them. Accounts of which nothing is
 * known, or nothing good, have half of the endpoint's threads at most, and those that were slow
 * lately half of these: the rest is left to those that answered in time.
 */
final class EndpointLanes {
  static final int FIRST = 2;

  /** A launch at EC2 takes up to 5 s, and two begin each second; the rest is for looks and ends. */
  static final int MOST = 16;

  /** What a cloud that works never takes; a request without an answer takes 30 s and more. */
  static final Duration SLOW = Duration.ofSeconds(10);

  /** With 0.1 MB of stack each, what a small operator can afford for some endpoints that hang. */
  static final int THREADS = 64;

  /** For accounts that have not answered in time lately. */
  static final int UNPROVEN = THREADS / 2;

  /** For those among them that were slow, so that newcomers need not wait for them. */
  static final int SICK = UNPROVEN / 2;

  /** How an account answered last counts for so long. */
  static final Duration REMEMBERED = Duration.ofMinutes(10);

  /**
   * A piece of work that has a thread.
   *
   * @param lane where it waited
   * @param health as which it has its thread
   */
  record Turn(Lane lane, Health health, Runnable work) {}

  /** How an account answered last. */
  enum Health {
    PROVEN,
    UNKNOWN,
    SLOW
  }

  /** One account. */
  static final class Lane {
    private final FairQueue<String, Runnable> waiting = new FairQueue<>();
    private int places = FIRST;
    private int busy;
    private Health last = Health.UNKNOWN;
    private Instant until = Instant.MIN;

    private Health health(Instant now) {
      return until.isAfter(now) ? last : Health.UNKNOWN;
    }
  }

  /** In the order in which it is their turn. */
  private final Map<Account, Lane> lanes = new LinkedHashMap<>();

  private Instant now = Instant.MIN;
  private int threads;
  private final Map<Health, Integer> underWay = new EnumMap<>(Health.class);

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
    Health health = lane.health(now);
    underWay.merge(health, 1, Integer::sum);
    return Optional.of(new Turn(lane, health, lane.waiting.poll().orElseThrow()));
  }

  private boolean hasTurn(Lane lane) {
    if (lane.busy >= lane.places || lane.waiting.isEmpty()) {
      return false;
    }
    int slow = count(Health.SLOW);
    int unproven = slow + count(Health.UNKNOWN);
    return switch (lane.health(now)) {
      case PROVEN -> true;
      case UNKNOWN -> unproven < UNPROVEN;
      case SLOW -> unproven < UNPROVEN && slow < SICK;
    };
  }

  private int count(Health health) {
    return underWay.getOrDefault(health, 0);
  }

  void done(Turn turn, Instant begun, Instant ended) {
    now = ended;
    Lane lane = turn.lane();
    lane.busy--;
    underWay.merge(turn.health(), -1, Integer::sum);
    if (Duration.between(begun, ended).compareTo(SLOW) < 0) {
      lane.places = Math.min(MOST, lane.places + 1);
      lane.last = Health.PROVEN;
    } else {
      lane.places = Math.max(1, lane.places / 2);
      lane.last = Health.SLOW;
    }
    lane.until = ended.plus(REMEMBERED);
    forget(ended);
  }

  /**
   * Forgets accounts that are not used.
   *
   * @return whether nothing is left
   */
  boolean forget(Instant at) {
    now = at;
    lanes
        .values()
        .removeIf(lane -> lane.busy == 0 && lane.waiting.isEmpty() && !lane.until.isAfter(at));
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
