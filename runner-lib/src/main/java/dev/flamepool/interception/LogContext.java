package dev.flamepool.interception;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallObserver;
import dev.flamepool.OutgoingCall;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunningCall;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/**
 * Puts {@code flame.pool}, {@code flame.runner} and {@code flame.call} into the log context, and
 * takes the caller's own entries along: on the runner while the call runs, in the caller while its
 * thread waits. At most 32 entries of at most 1,024 characters travel.
 */
public final class LogContext implements CallInterceptor {
  private static final String POOL = "flame.pool";
  private static final String RUNNER = "flame.runner";
  private static final String CALL = "flame.call";
  private static final String ENTRY = "mdc.";
  private static final int MAX_ENTRIES = 32;
  private static final int MAX_LENGTH = 1_024;

  /** Whether this process has a log context that anything is kept in. */
  public static boolean isKept() {
    try {
      return MDC.getMDCAdapter() != null && !(MDC.getMDCAdapter() instanceof NOPMDCAdapter);
    } catch (LinkageError e) { // no SLF4J among the modules
      return false;
    }
  }

  @Override
  public CallObserver calling(OutgoingCall call) {
    call.header(CALL, call.id());
    Map<String, String> entries = MDC.getCopyOfContextMap();
    if (entries != null) {
      entries.entrySet().stream()
          .filter(entry -> travels(entry.getKey(), entry.getValue()))
          .limit(MAX_ENTRIES)
          .forEach(entry -> call.header(ENTRY + entry.getKey(), entry.getValue()));
    }
    return call.isWaitedFor() ? new Waiting(call, entries) : CallObserver.NONE;
  }

  private static boolean travels(@Nullable String key, @Nullable String value) {
    return key != null
        && value != null
        && key.length() <= MAX_LENGTH / 8
        && value.length() <= MAX_LENGTH
        && !key.startsWith("flame.");
  }

  /** The thread that waits is the one that sends and hears of the end. */
  private static final class Waiting implements CallObserver {
    private final @Nullable Map<String, String> before;

    Waiting(OutgoingCall call, @Nullable Map<String, String> before) {
      this.before = before;
      MDC.put(POOL, call.pool());
      MDC.put(CALL, call.id());
    }

    @Override
    public void sending(String runner) {
      MDC.put(RUNNER, runner);
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      restore(before);
    }
  }

  private static void restore(@Nullable Map<String, String> before) {
    if (before == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(before);
    }
  }

  @Override
  public @Nullable Object running(RunningCall call, RemoteCallable<?> work) throws Exception {
    Map<String, String> entries = new HashMap<>();
    call.headers()
        .forEach(
            (key, value) -> {
              if (key.startsWith(ENTRY)) {
                entries.put(key.substring(ENTRY.length()), value);
              }
            });
    entries.put(POOL, call.pool());
    entries.put(RUNNER, call.runner());
    entries.put(CALL, call.headers().getOrDefault(CALL, ""));
    Map<String, String> before = MDC.getCopyOfContextMap();
    MDC.setContextMap(entries);
    try {
      return work.call();
    } finally {
      restore(before);
    }
  }
}
