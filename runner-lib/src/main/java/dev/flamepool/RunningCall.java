package dev.flamepool;

import java.util.Map;

/**
 * A call that runs here, as {@link CallInterceptor#running} sees it.
 *
 * @param pool the name of the pool
 * @param runner the name of this runner; {@code in process} where there is none
 * @param site where in the source it stands: class and method
 * @param headers what the caller's interceptors sent along; treat them as input from outside
 */
public record RunningCall(String pool, String runner, String site, Map<String, String> headers) {
  /** Takes a copy of the headers. */
  public RunningCall {
    headers = Map.copyOf(headers);
  }
}
