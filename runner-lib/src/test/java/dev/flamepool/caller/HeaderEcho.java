package dev.flamepool.caller;

import dev.flamepool.CallInterceptor;
import dev.flamepool.RemoteCallable;
import dev.flamepool.RunningCall;
import org.jspecify.annotations.Nullable;

/** A runner's interceptor: answers with the header {@code echo} and the result, if it is there. */
public final class HeaderEcho implements CallInterceptor {
  @Override
  public @Nullable Object running(RunningCall call, RemoteCallable<?> work) throws Exception {
    String echo = call.headers().get("echo");
    if (echo == null || echo.isEmpty()) {
      return work.call();
    }
    if (echo.equals("refuse")) {
      throw new SecurityException("refused by the interceptor");
    }
    return call.pool() + " " + call.runner() + " " + echo + " " + work.call();
  }
}
