package dev.flamepool.interception;

import dev.flamepool.CallInterceptor;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunningCall;
import dev.flamepool.closure.Around;
import dev.flamepool.closure.CallReader;
import dev.flamepool.wire.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds interceptors and nests them around a function. */
public final class Interceptors implements Around {
  private final String pool;
  private final String runner;
  private final List<CallInterceptor> own;

  private Interceptors(String pool, String runner, List<CallInterceptor> own) {
    this.pool = pool;
    this.runner = runner;
    this.own = own;
  }

  /** Those of the application that runs calls, found by {@link ServiceLoader}. */
  public static Around on(String pool, String runner, ClassLoader application) {
    List<CallInterceptor> found = new ArrayList<>();
    ServiceLoader.load(CallInterceptor.class, application).forEach(found::add);
    return new Interceptors(pool, runner, List.copyOf(found));
  }

  /** What a caller has besides its own: the log context and the trace context, if there are any. */
  public static List<CallInterceptor> builtIn() {
    List<CallInterceptor> found = new ArrayList<>();
    if (LogContext.isKept()) {
      found.add(new LogContext());
    }
    if (BuiltIn.TRACES) {
      found.add(new TraceContext());
    }
    return found;
  }

  /** Loaded with the first call that brings headers: the others need none of it. */
  private static final class BuiltIn {
    static final boolean TRACES = isPresent("io.opentelemetry.api.GlobalOpenTelemetry");
    static final List<CallInterceptor> ALL = all();

    private static List<CallInterceptor> all() {
      List<CallInterceptor> found = new ArrayList<>();
      if (TRACES) {
        found.add(new TraceContext());
      }
      if (isPresent("org.slf4j.MDC")) {
        found.add(new LogContext());
      }
      return List.copyOf(found);
    }

    private static boolean isPresent(String type) {
      try {
        Class.forName(type, false, Interceptors.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }
  }

  @Override
  public @Nullable Object run(
      Site site,
      Map<String, String> headers,
      CallReader.Invocation function,
      @Nullable Object context)
      throws Throwable {
    if (headers.isEmpty() && own.isEmpty()) {
      return function.run(context);
    }
    RemoteCallable<?> work = () -> function.apply(context);
    RunningCall call = new RunningCall(pool, runner, site.toString(), headers);
    work = within(own, call, work);
    return headers.isEmpty() ? work.call() : within(BuiltIn.ALL, call, work).call();
  }

  private static RemoteCallable<?> within(
      List<CallInterceptor> interceptors, RunningCall call, RemoteCallable<?> work) {
    RemoteCallable<?> nested = work;
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      CallInterceptor interceptor = interceptors.get(i);
      RemoteCallable<?> inner = nested;
      nested = () -> interceptor.running(call, inner);
    }
    return nested;
  }
}
