package dev.flamepool.closure;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Fatal;
import dev.flamepool.wire.SiteRef;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.io.ObjectStreamException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The runner's end: a call into a function that can be invoked. Thread-safe. */
public final class CallReader {
  private final Policy policy;

  /** Reads calls with the classes of {@code application}. */
  public CallReader(ClassLoader application) {
    policy = Policy.calls(application);
  }

  /**
   * Reads one call.
   *
   * @throws UnreadableException if it names what is not here or holds what is not accepted; nothing
   *     of it ran but the deserialization of its captured values
   */
  public Invocation read(SiteRef ref, BodyIn body) throws IOException, UnreadableException {
    return read(ref, body, Allowed.said());
  }

  /**
   * Reads one call.
   *
   * @param caller what its caller takes in results, always the same on one connection
   * @throws UnreadableException if it names what is not here or holds what is not accepted; nothing
   *     of it ran but the deserialization of its captured values
   */
  public Invocation read(SiteRef ref, BodyIn body, Allowed caller)
      throws IOException, UnreadableException {
    try {
      SiteTarget target = ref.resolved() instanceof SiteTarget known ? known : resolve(ref, caller);
      Object[] values = new ValueReader(body, policy).values(ref.site().values());
      Object[] captures = ref.site().applied() ? Arrays.copyOf(values, values.length - 1) : values;
      Object function = target.isLambda() ? target.lambda(captures) : captures[0];
      if (function == null || !target.accepts(function)) {
        throw new UnreadableException(
            "the call of " + ref.site() + " is not the function it says it is");
      }
      return new Invocation(
          target, function, ref.site().applied() ? values[values.length - 1] : null);
    } catch (ClassNotFoundException e) {
      throw new UnreadableException(
          "the class "
              + e.getMessage()
              + ", needed by the call of "
              + ref.site()
              + ", is not on this runner; is it the same application?",
          e);
    } catch (ObjectStreamException | ReflectiveOperationException | RuntimeException e) {
      throw new UnreadableException(
          "the call of " + ref.site() + " cannot be read: " + e.getMessage(), e);
    } catch (Error e) {
      Fatal.rethrow(e);
      throw new UnreadableException("the call of " + ref.site() + " cannot be read: " + e, e);
    }
  }

  private SiteTarget resolve(SiteRef ref, Allowed caller)
      throws IOException, ReflectiveOperationException {
    SiteTarget target = SiteTarget.resolve(ref.site(), policy, caller);
    ref.resolve(target);
    return target;
  }

  /** A function with its captured values, ready to run. */
  public static final class Invocation {
    private final SiteTarget target;
    private final Object function;

    private final @Nullable Object argument;

    Invocation(SiteTarget target, Object function, @Nullable Object argument) {
      this.target = target;
      this.function = function;
      this.argument = argument;
    }

    /** What its caller takes as its result. */
    Policy results() {
      return target.results();
    }

    /**
     * Runs it on this thread.
     *
     * @param context given to a function of one parameter, unless the call brought its argument
     * @throws Throwable what the function throws
     */
    public @Nullable Object run(@Nullable Object context) throws Throwable {
      return target.invoke(function, target.site().applied() ? argument : context);
    }

    /** The same for whoever expects exceptions and errors only. */
    public @Nullable Object apply(@Nullable Object context) throws Exception {
      try {
        return run(context);
      } catch (Exception | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new UndeclaredThrowableException(e);
      }
    }
  }
}
