package dev.flamepool.operator.backend;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts whose machines could not be listed for the sweep: they are asked again after pauses that
 * grow, and each reason is logged once. Thread-safe.
 */
final class AccountTroubles {
  private static final Logger LOG = LoggerFactory.getLogger(AccountTroubles.class);

  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private record Trouble(int failures, Instant until, BackendException why) {}

  private final Clock clock;
  private final Map<Tenant, Trouble> troubles = new ConcurrentHashMap<>();

  AccountTroubles(Clock clock) {
    this.clock = clock;
  }

  /** Whether an account is left alone for now. */
  boolean isPaused(Tenant account) {
    Trouble trouble = troubles.get(account);
    return trouble != null && clock.instant().isBefore(trouble.until());
  }

  /** An account was listed. */
  void ended(Tenant account, String name) {
    if (troubles.remove(account) != null) {
      LOG.info(
          "the machines of {} for namespace {} can be listed again", name, account.namespace());
    }
  }

  /** An account could not be listed. */
  void failed(Tenant account, String name, BackendException why) {
    Trouble before = troubles.get(account);
    int failures = before == null ? 1 : before.failures() + 1;
    Duration pause = Growing.pause(failures, FIRST, LONGEST);
    troubles.put(account, new Trouble(failures, clock.instant().plus(pause), why));
    if (before == null || before.why().kind() != why.kind()) {
      LOG.warn(
          "the machines of {} for namespace {} cannot be listed, they are asked for again ever more"
              + " seldom: {}",
          name,
          account.namespace(),
          why.getMessage());
    }
  }

  /** Whether it was refused for its credentials when it was last asked. */
  boolean isRefused(Tenant account) {
    Trouble trouble = troubles.get(account);
    return trouble != null && trouble.why().kind() == BackendException.Kind.CREDENTIALS;
  }

  /** Only these accounts are left. */
  void retain(Set<Tenant> accounts) {
    troubles.keySet().retainAll(accounts);
  }
}
