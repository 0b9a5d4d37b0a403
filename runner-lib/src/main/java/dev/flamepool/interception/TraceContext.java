package dev.flamepool.interception;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallObserver;
import dev.flamepool.OutgoingCall;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunningCall;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries the caller's OpenTelemetry trace to the runner, as W3C {@code traceparent} and {@code
 * tracestate}, where the call is a span of kind {@code SERVER} made by the runner's global
 * OpenTelemetry. Loaded only where OpenTelemetry is on the class path. A call outside of any trace
 * carries nothing.
 */
public final class TraceContext implements CallInterceptor {
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  @Override
  public CallObserver calling(OutgoingCall call) {
    if (Span.current().getSpanContext().isValid()) {
      W3C.inject(Context.current(), call, (to, key, value) -> header(to, key, value));
    }
    return CallObserver.NONE;
  }

  private static void header(@Nullable OutgoingCall call, String key, String value) {
    if (call != null) {
      call.header(key, value);
    }
  }

  @Override
  @SuppressWarnings("try") // a scope is only closed
  public @Nullable Object running(RunningCall call, RemoteCallable<?> work) throws Exception {
    Context caller = W3C.extract(Context.root(), call.headers(), Headers.INSTANCE);
    if (!Span.fromContext(caller).getSpanContext().isValid()) {
      return work.call();
    }
    Span span =
        GlobalOpenTelemetry.getTracer("dev.flamepool")
            .spanBuilder(call.site())
            .setParent(caller)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("flame.pool", call.pool())
            .setAttribute("flame.runner", call.runner())
            .startSpan();
    try (Scope scope = caller.with(span).makeCurrent()) {
      return work.call();
    } catch (Exception | Error e) {
      span.recordException(e);
      span.setStatus(StatusCode.ERROR);
      throw e;
    } finally {
      span.end();
    }
  }

  private enum Headers implements TextMapGetter<Map<String, String>> {
    INSTANCE;

    @Override
    @SuppressWarnings("deprecation") // still without a body, here and in older releases
    public Iterable<String> keys(Map<String, String> headers) {
      return headers.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> headers, String key) {
      return headers == null ? null : headers.get(key);
    }
  }
}
