package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallObserver;
import dev.flamepool.OutgoingCall;
import dev.flamepool.Pool;
import dev.flamepool.QueueTimeoutException;
import dev.flamepool.RemoteCallException;
import dev.flamepool.RunnerLostException;
import dev.flamepool.Trackable;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.interception.Interceptors;
import dev.flamepool.micrometer.FlameMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Interceptors on both sides of calls to a real runner, and to none. */
class InterceptionTest extends RealRunners {
  private Pool with(CallInterceptor... interceptors) throws Exception {
    source.ready(List.of(start(0, 4).endpoint()));
    Engines engines =
        Engines.remote(
            RunnerProcess.NAMESPACE,
            name -> source,
            InterceptionTest.class.getClassLoader(),
            () -> new CodeVersion(RunnerProcess.CODE, List.of()),
            () -> {},
            new Engines.Additions(List.of(interceptors), List.of()));
    callers.add(engines);
    return engines.pool(RunnerProcess.POOL);
  }

  private static Pool inProcess(CallInterceptor... interceptors) {
    return Engines.inProcess(
            InterceptionTest.class.getClassLoader(),
            LocalContext.of(java.util.Optional.empty()),
            new Engines.Additions(List.of(interceptors), List.of()))
        .pool("p");
  }

  /** Sends one header and notes every step. */
  private static final class Noting implements CallInterceptor {
    final List<String> steps = new CopyOnWriteArrayList<>();
    private final String header;

    Noting(String header) {
      this.header = header;
    }

    @Override
    public CallObserver calling(OutgoingCall call) {
      call.header("echo", header);
      steps.add("calling " + call.pool() + (call.isWaitedFor() ? " and waiting" : ""));
      assertThat(call.site()).contains("InterceptionTest");
      return new CallObserver() {
        @Override
        public void sending(String runner) {
          steps.add("sending to " + runner);
          throw new IllegalStateException("a broken observer changes nothing");
        }

        @Override
        public void ended(@Nullable Throwable failure) {
          steps.add("ended " + (failure == null ? "well" : failure.getClass().getSimpleName()));
        }
      };
    }
  }

  @Test
  void headersReachTheRunnersInterceptorsAndEveryStepIsTold() throws Exception {
    Noting noting = new Noting("hello");
    Pool intercepted = with(noting);
    String name = RunnerProcess.POOL;
    Object answer = intercepted.<Object>call(() -> "done");
    assertThat(answer).isEqualTo(name + " " + name + "-0 hello done");
    assertThat(intercepted.<Object>submit(() -> "later").get().toString()).endsWith("hello later");
    assertThat(noting.steps)
        .containsExactly(
            "calling " + name + " and waiting",
            "sending to " + name + "-0",
            "ended well",
            "calling " + name,
            "sending to " + name + "-0",
            "ended well");
  }

  @Test
  void inProcessTheyAreAroundCallsToo() {
    assertThat(inProcess(new Noting("hello")).<Object>call(() -> "done"))
        .isEqualTo("p in process hello done");
  }

  @Test
  void callsOnWhatStaysOnARunnerAreSeenToo() throws Exception {
    for (boolean remote : new boolean[] {true, false}) {
      Noting noting = new Noting("");
      Pool pool = (remote ? with(noting) : inProcess(noting)).with(o -> o.trackResources(true));
      try (Trackable<StringBuilder> tracked =
          pool.<Trackable<StringBuilder>>call(() -> Trackable.of(new StringBuilder("x")))) {
        noting.steps.clear();
        tracked.run(text -> text.append("y"));
        assertThat(noting.steps).first().asString().startsWith("calling ");
        assertThat(noting.steps).last().isEqualTo("ended well");
      }
    }
  }

  @Test
  void whatAnInterceptorThrowsIsTheCallsFailure() throws Exception {
    Noting noting = new Noting("refuse");
    Pool intercepted = with(noting);
    assertThatThrownBy(() -> intercepted.call(() -> "never"))
        .isInstanceOf(RemoteCallException.class)
        .hasRootCauseInstanceOf(SecurityException.class);
    assertThat(noting.steps).last().isEqualTo("ended RemoteCallException");
  }

  @Test
  void headersAreBounded() {
    CallInterceptor tooMany =
        new CallInterceptor() {
          @Override
          public CallObserver calling(OutgoingCall call) {
            for (int i = 0; i < 65; i++) {
              call.header("h" + i, "");
            }
            return CallObserver.NONE;
          }
        };
    assertThatThrownBy(() -> inProcess(tooMany).call(() -> 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("h64")
        .hasMessageContaining("at most 64");
  }

  @Test
  void theLogContextGoesAlongAndLeavesNothingBehind() throws Exception {
    Pool logging = with(Interceptors.builtIn().toArray(CallInterceptor[]::new));
    MDC.put("customer", "42");
    Map<String, String> there;
    try {
      there = logging.call(() -> MDC.getCopyOfContextMap());
      assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("customer", "42"));
    } finally {
      MDC.clear();
    }
    assertThat(there)
        .containsEntry("customer", "42")
        .containsEntry("flame.pool", RunnerProcess.POOL)
        .containsEntry("flame.runner", RunnerProcess.POOL + "-0");
    assertThat(there.get("flame.call")).isNotBlank();
    assertThat(pool.<Object>call(() -> MDC.getCopyOfContextMap()))
        .as("on the same runner, of a call that brings nothing")
        .satisfiesAnyOf(
            entries -> assertThat(entries).isNull(),
            entries -> assertThat((Map<?, ?>) entries).isEmpty());
  }

  @Test
  @SuppressWarnings("try") // a scope is only closed
  void aTraceIsCarriedToTheRunner() throws Exception {
    Pool traced = with(Interceptors.builtIn().toArray(CallInterceptor[]::new));
    Span span;
    try (SdkTracerProvider tracing = SdkTracerProvider.builder().build()) {
      span = tracing.get("test").spanBuilder("caller").startSpan();
    }
    try (Scope scope = span.makeCurrent()) {
      assertThat(traced.<String>call(() -> Span.current().getSpanContext().getTraceId()))
          .isEqualTo(span.getSpanContext().getTraceId());
    }
    assertThat(traced.<Boolean>call(() -> Span.current().getSpanContext().isValid()))
        .as("outside of a trace nothing is carried")
        .isFalse();
  }

  @Test
  void metersTellCallsByTheirOutcome() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Pool metered = with(new FlameMeters(meters));
    metered.call(() -> 1);
    assertThatThrownBy(
            () ->
                metered.run(
                    () -> {
                      throw new IllegalStateException("x");
                    }))
        .isInstanceOf(RemoteCallException.class);
    String file = file("running");
    CompletableFuture<String> running = metered.submit(() -> Work.await(file));
    awaitFile("running.started");
    assertThat(meters.get("flame.calls.running").gauge().value()).isEqualTo(1);
    runners.get(0).kill();
    assertThatThrownBy(running::join).hasCauseInstanceOf(RunnerLostException.class);
    source.ready(List.of());
    assertThatThrownBy(() -> metered.with(o -> o.timeout(Duration.ofMillis(300))).call(() -> 1))
        .isInstanceOf(QueueTimeoutException.class);

    String pool = RunnerProcess.POOL;
    assertThat(meters.get("flame.calls").tags("pool", pool, "outcome", "success").timer().count())
        .isEqualTo(1);
    assertThat(meters.get("flame.calls").tags("outcome", "RemoteCallException").timer().count())
        .isEqualTo(1);
    assertThat(meters.get("flame.calls").tags("outcome", "QueueTimeoutException").timer().count())
        .isEqualTo(1);
    assertThat(meters.get("flame.calls.lost").counter().count()).isEqualTo(1);
    assertThat(meters.get("flame.calls.execution").timer().count()).isEqualTo(3);
    assertThat(meters.get("flame.calls.queue").timer().count()).isEqualTo(3);
    assertThat(meters.get("flame.calls.running").gauge().value()).isZero();
    assertThat(meters.get("flame.calls.waiting").gauge().value()).isZero();
  }
}
