package dev.flamepool.caller;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallObserver;
import dev.flamepool.CallOptions;
import dev.flamepool.OutgoingCall;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Limits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An engine whose calls interceptors see. Without interceptors there is none of these. */
final class Intercepted implements CallEngine {
  private static final Logger LOG = LoggerFactory.getLogger(CallInterceptor.class);

  private final CallEngine engine;
  private final List<CallInterceptor> interceptors;
  private final String callerId;

  private Intercepted(CallEngine engine, List<CallInterceptor> interceptors, String callerId) {
    this.engine = engine;
    this.interceptors = interceptors;
    this.callerId = callerId;
  }

  /**
   * The engine itself if there are no interceptors.
   *
   * @param callerId unique among all processes
   */
  static CallEngine of(CallEngine engine, List<CallInterceptor> interceptors, String callerId) {
    if (interceptors.isEmpty()) {
      return engine;
    }
    Intercepted intercepted = new Intercepted(engine, interceptors, callerId);
    engine.watch(intercepted::submitted);
    return intercepted;
  }

  @Override
  public String name() {
    return engine.name();
  }

  @Override
  public @Nullable Object call(EncodedCall body, CallOptions options) {
    Observed call = new Observed(body, true);
    try {
      Object value = engine.call(call.intercepted(), options);
      call.ended(null);
      return value;
    } catch (RuntimeException | Error e) {
      call.ended(e);
      throw e;
    }
  }

  @Override
  public Hold place(EncodedCall factory, CallOptions options) {
    Observed call = new Observed(factory, true);
    try {
      Hold hold = engine.place(call.intercepted(), options);
      call.ended(null);
      return hold;
    } catch (RuntimeException | Error e) {
      call.ended(e);
      throw e;
    }
  }

  @Override
  public Submitted submit(EncodedCall body, CallOptions options) {
    return submitted(body, intercepted -> engine.submit(intercepted, options));
  }

  private Submitted submitted(EncodedCall body, Function<EncodedCall, Submitted> submit) {
    Observed call = new Observed(body, false);
    Submitted submitted;
    try {
      submitted = submit.apply(call.intercepted());
    } catch (RuntimeException | Error e) {
      call.ended(e);
      throw e;
    }
    Futures.atEnd(submitted.future(), (value, failure) -> call.ended(failure));
    return submitted;
  }

  @Override
  public void watch(Hold.Watch by) {
    engine.watch(by);
  }

  @Override
  public void refuse() {
    engine.refuse();
  }

  @Override
  public boolean awaitDone(long until) throws InterruptedException {
    return engine.awaitDone(until);
  }

  @Override
  public void close() {
    engine.close();
  }

  /** One call, seen by all interceptors. */
  private final class Observed implements OutgoingCall, EncodedCall.Progress {
    private final EncodedCall call;
    private final boolean waitedFor;
    private final String id = callerId + "-" + PoolClient.IDS.incrementAndGet();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<CallObserver> observers = new ArrayList<>();

    Observed(EncodedCall call, boolean waitedFor) {
      this.call = call;
      this.waitedFor = waitedFor;
    }

    EncodedCall intercepted() {
      for (CallInterceptor interceptor : interceptors) {
        CallObserver observer = interceptor.calling(this);
        if (observer != CallObserver.NONE) {
          observers.add(observer);
        }
      }
      return call.with(new EncodedCall.Extras(Map.copyOf(headers), this));
    }

    @Override
    public void sending(String runner) {
      tell(observer -> observer.sending(runner));
    }

    @Override
    public void refused(String runner) {
      tell(observer -> observer.refused(runner));
    }

    void ended(@Nullable Throwable failure) {
      tell(observer -> observer.ended(failure));
    }

    private void tell(Consumer<CallObserver> what) {
      for (CallObserver observer : observers) {
        try {
          what.accept(observer);
        } catch (RuntimeException e) {
          LOG.warn("{} failed for call {}", observer.getClass().getName(), id, e);
        }
      }
    }

    @Override
    public String pool() {
      return engine.name();
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String site() {
      return call.site().toString();
    }

    @Override
    public boolean isWaitedFor() {
      return waitedFor;
    }

    @Override
    public void header(String key, String value) {
      limit("key", key, Limits.MAX_HEADER_KEY);
      limit("value of " + key, value, Limits.MAX_HEADER_VALUE);
      headers.put(key, value);
      if (headers.size() > Limits.MAX_HEADERS) {
        headers.remove(key);
        throw new IllegalArgumentException(
            "header " + key + " is one too many: a call carries at most " + Limits.MAX_HEADERS);
      }
    }

    private static void limit(String what, String text, int max) {
      if (text.length() > max) {
        throw new IllegalArgumentException(
            "the header's " + what + " has " + text.length() + " characters; at most " + max);
      }
    }
  }
}
