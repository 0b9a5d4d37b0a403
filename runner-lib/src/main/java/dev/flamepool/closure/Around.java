package dev.flamepool.closure;

import dev.flamepool.wire.Site;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a function with whatever belongs around it. */
@FunctionalInterface
public interface Around {
  /** Nothing around it. */
  Around NOTHING = (site, headers, function, context) -> function.run(context);

  /**
   * Runs the function on this thread.
   *
   * @param headers that came with the call
   * @param context what the function is handed
   * @throws Throwable what the function throws, or what is around it
   */
  @Nullable Object run(
      Site site,
      Map<String, String> headers,
      CallReader.Invocation function,
      @Nullable Object context)
      throws Throwable;
}
