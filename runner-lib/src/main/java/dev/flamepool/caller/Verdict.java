package dev.flamepool.caller;

import dev.flamepool.BootFailedException;
import dev.flamepool.CallOptions;
import dev.flamepool.CodeVersionMismatchException;
import dev.flamepool.CredentialsException;
import dev.flamepool.FlameException;
import dev.flamepool.PoolDeletedException;
import dev.flamepool.PoolNotFoundException;
import dev.flamepool.PoolState;
import dev.flamepool.PoolSuspendedException;
import dev.flamepool.QueueTimeoutException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether it is of any use to wait for a runner of the pool. */
final class Verdict {
  /** The condition that says what the pool's revisions yield instead. */
  static final String MISMATCH = "CodeVersionMismatch";

  private Verdict() {}

  /** True if the pool takes no calls although runners of it may still be there. */
  static boolean isClosed(PoolView view) {
    return view.suspended()
        || view.presence() == PoolView.Presence.NOT_FOUND
        || view.presence() == PoolView.Presence.DELETED;
  }

  /** Why a pool that takes no calls ends its runners, after {@code "The pool "}; else null. */
  static @Nullable String closing(PoolView view) {
    if (view.presence() == PoolView.Presence.PRESENT) {
      return view.suspended() ? "has spec.suspend: true" : null;
    }
    return isClosed(view) ? "is deleted" : null;
  }

  /**
   * Says why a call that found no room must not wait.
   *
   * @param pool {@code namespace/name}
   * @param difference the first artifact in which other code differs; empty if that is not known
   * @return null if it should wait
   */
  static @Nullable FlameException of(
      String pool, PoolView view, String codeVersion, int waiting, String difference) {
    if (view.presence() == PoolView.Presence.UNKNOWN) {
      return null;
    }
    if (view.presence() == PoolView.Presence.NOT_FOUND) {
      return new PoolNotFoundException(
          "There is no FlamePool "
              + pool
              + ". Apply one of that name, or check name and namespace: kubectl get flamepools -n "
              + namespace(pool));
    }
    if (view.presence() == PoolView.Presence.DELETED) {
      return new PoolDeletedException(
          "FlamePool " + pool + " is being deleted, so it takes no more calls.");
    }
    if (view.suspended()) {
      return new PoolSuspendedException(
          "FlamePool "
              + pool
              + " has spec.suspend: true, so it has no runners. Set it to false: kubectl patch"
              + " flamepool "
              + pool.substring(pool.indexOf('/') + 1)
              + " -n "
              + namespace(pool)
              + " --type merge -p '{\"spec\":{\"suspend\":false}}'");
    }
    if (view.refusals().contains(codeVersion) && ready(view, codeVersion).isEmpty()) {
      String why =
          view.conditions().stream()
              .filter(condition -> condition.type().equals(MISMATCH))
              .map(PoolState.Condition::message)
              .findFirst()
              .orElse("");
      return mismatch(pool, view, codeVersion, why, difference);
    }
    if (!view.endpoints().isEmpty()) {
      return null;
    }
    PoolState.Condition hopeless = hopeless(view);
    return hopeless == null ? null : bootFailed(pool, view, hopeless, waiting);
  }

  /** What keeps runners from booting that time alone does not change; lack of capacity may pass. */
  private static PoolState.@Nullable Condition hopeless(PoolView view) {
    PoolState.Condition backend = view.falseCondition("BackendReady");
    if (backend != null) {
      return backend;
    }
    PoolState.Condition boot = view.falseCondition("BootHealthy");
    if (boot != null) {
      return boot;
    }
    return view.falseCondition("CapacityAvailable") == null ? view.falseCondition("Ready") : null;
  }

  /** The runners that were started from the same code. */
  static List<PoolView.Endpoint> ready(PoolView view, String codeVersion) {
    return view.endpoints().stream()
        .filter(e -> e.codeVersion().isEmpty() || e.codeVersion().equals(codeVersion))
        .toList();
  }

  /** Whether there are runners, but none from the same code. */
  static boolean isOtherCode(PoolView view, String codeVersion) {
    return !view.endpoints().isEmpty() && ready(view, codeVersion).isEmpty();
  }

  private static CodeVersionMismatchException mismatch(
      String pool, PoolView view, String codeVersion, String why, String difference) {
    String theirs =
        view.endpoints().stream()
            .map(PoolView.Endpoint::codeVersion)
            .distinct()
            .reduce((a, b) -> a + ", " + b)
            .orElse("unknown");
    return new CodeVersionMismatchException(
        "This process runs code version "
            + codeVersion
            + ", the runners of FlamePool "
            + pool
            + " run "
            + theirs
            + (why.isEmpty() ? "" : " (" + why + ")")
            + (difference.isEmpty() ? "" : "; the first artifact that differs is " + difference)
            + ". Give the pool the image or class path of this build, or set FLAME_CODE_VERSION to"
            + " the same value on both sides if they fit all the same.",
        codeVersion,
        theirs);
  }

  /**
   * Says why a call waited in vain.
   *
   * @param pool {@code namespace/name}
   * @param news what was known at the end
   * @param options of the call
   * @param waiting calls in line
   * @param troubles of runners in the endpoints, a line each
   * @param difference the first artifact in which other code differs; empty if that is not known
   */
  static FlameException expired(
      String pool,
      PoolSource.News news,
      String codeVersion,
      CallOptions options,
      int waiting,
      String troubles,
      String difference) {
    PoolView view = news.view();
    boolean known = view.presence() == PoolView.Presence.PRESENT;
    if (known && news.identity() == null) {
      return new CredentialsException(
          "The certificate for calls to FlamePool "
              + pool
              + " could not be read in time"
              + (news.trouble() == null ? "" : ": " + news.trouble())
              + ". It is Secret "
              + pool
              + "-client, which the operator writes; this process needs Role "
              + pool.substring(pool.indexOf('/') + 1)
              + "-caller.",
          null);
    }
    if (isOtherCode(view, codeVersion)) {
      return mismatch(pool, view, codeVersion, "", difference);
    }
    Duration own = options.timeout();
    return new QueueTimeoutException(
        "No runner of FlamePool "
            + pool
            + " had room for the call within "
            + Outcomes.seconds(own != null ? own : view.bootTimeout())
            + (own != null ? " (the call's timeout)" : " (the pool's bootTimeout)")
            + ". "
            + Shortage.why(namespace(pool), view, codeVersion, troubles)
            + (news.trouble() == null ? "" : "\n  " + news.trouble())
            + troubles,
        view.state(waiting));
  }

  private static BootFailedException bootFailed(
      String pool, PoolView view, PoolState.Condition condition, int waiting) {
    return new BootFailedException(
        "FlamePool "
            + pool
            + " has no ready runner and cannot boot one: "
            + Shortage.told(condition)
            + Shortage.lastFailure(view),
        view.state(waiting));
  }

  private static String namespace(String pool) {
    return pool.substring(0, pool.indexOf('/'));
  }
}
