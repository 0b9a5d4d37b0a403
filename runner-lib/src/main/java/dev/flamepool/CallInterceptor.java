package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * Code around calls, on both sides: write headers where a call is made, read them where it runs;
 * hear of each step. Everything that follows calls (log context, traces, meters) is one of these.
 *
 * <p>In the application give it to {@link FlameBuilder#interceptor}. A runner takes those that
 * {@link java.util.ServiceLoader} finds under this name. One instance serves all threads. Those
 * given first are outermost.
 */
public interface CallInterceptor {
  /**
   * A call is being made, on the thread that makes it and before anything is sent. An exception
   * here fails the call.
   *
   * @param call takes headers
   * @return is told what becomes of it; {@link CallObserver#NONE} to hear nothing
   */
  default CallObserver calling(OutgoingCall call) {
    return CallObserver.NONE;
  }

  /**
   * A call runs, on the runner and on its thread.
   *
   * @param call with the headers that came with it
   * @param work the rest: the interceptors within, then the function; to be called once
   * @return what {@code work} returned, or something else instead
   * @throws Exception reaches the caller as if the function had thrown it
   */
  default @Nullable Object running(RunningCall call, RemoteCallable<?> work) throws Exception {
    return work.call();
  }
}
