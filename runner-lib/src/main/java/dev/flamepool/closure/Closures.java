package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Site;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.io.ObjectStreamException;
import java.lang.invoke.SerializedLambda;
import org.jspecify.annotations.Nullable;

/** The caller's end: a function into a call, a reply into a value. All methods are thread-safe. */
public final class Closures {
  private Closures() {}

  /**
   * Encodes a function: a serializable lambda or method reference, or any Serializable that
   * implements the interface.
   *
   * @param function what to call
   * @param functionalInterface the interface whose one abstract method is to be called there,
   *     without arguments or with a {@code RunnerContext}; used only for a function that is no
   *     lambda
   * @param borrow true lets big arrays be sent from where they are, for a caller that is blocked
   *     until the end of its call; false copies everything now
   * @throws CaptureException if something in it cannot be sent
   * @throws dev.flamepool.wire.MessageTooLargeException if it is over the limit for one message
   */
  public static EncodedCall encode(Object function, Class<?> functionalInterface, boolean borrow) {
    LambdaSite opener = LambdaSite.of(function.getClass());
    SerializedLambda l = opener.open(function);
    Site site;
    Object[] captures;
    if (l == null) {
      site = LambdaSite.object(function.getClass(), functionalInterface);
      captures = new Object[] {function};
    } else {
      site = opener.site(l);
      captures = new Object[site.captures()];
      for (int i = 0; i < captures.length; i++) {
        captures[i] = l.getCapturedArg(i);
      }
    }
    ValueWriter w = new ValueWriter(128, borrow);
    try {
      w.values(captures);
    } catch (IOException e) {
      throw notSent(site, captures, e);
    }
    return new EncodedCall(site, w.body());
  }

  private static CaptureException notSent(
      Site site, @Nullable Object[] captures, IOException failure) {
    boolean lambda = site.isLambda();
    String where = (lambda ? site.capturingClass() : site.implClass()).replace('/', '.');
    for (int i = 0; i < captures.length; i++) {
      try {
        ValueWriter.probe(captures[i]);
      } catch (IOException e) {
        Culprit c = Culprit.find(captures[i], e);
        return new CaptureException(where, lambda ? i : -1, c.path(), c.type(), c.remedy(), e);
      }
    }
    return new CaptureException(
        where, -1, "", site.toString(), "its serialization failed with " + failure, failure);
  }

  /**
   * Reads results and failures: JDK values and collections, exceptions, and classes of the
   * application, nothing else. The application's packages are those in which the calls of this
   * process stand, by their first two labels.
   *
   * @param application loads the application's classes
   */
  public static ReplyDecoder replies(ClassLoader application) {
    Policy policy = Policy.replies(application);
    return new ReplyDecoder() {
      @Override
      public @Nullable Object value(BodyIn in) throws IOException, UnreadableException {
        try {
          return new ValueReader(in, policy).values(1)[0];
        } catch (ObjectStreamException | ReflectiveOperationException e) {
          throw new UnreadableException("the result cannot be read: " + e.getMessage(), e);
        }
      }

      @Override
      public Throwable failure(BodyIn in) throws IOException, UnreadableException {
        try {
          return Failures.read(in, policy);
        } catch (ObjectStreamException | ReflectiveOperationException e) {
          throw new UnreadableException("the failure cannot be read: " + e.getMessage(), e);
        }
      }
    };
  }

  /**
   * Lets replies hold the classes of one more package and of those below it, from now on and in all
   * of this process.
   *
   * @param pkg for example {@code com.acme.model}
   */
  public static void allowReplies(String pkg) {
    Policy.allowReplies(pkg);
  }

  /**
   * Runs an encoded call in this process and on this thread, through the same encoding and decoding
   * as on a runner.
   *
   * @param context what a function with one parameter receives
   * @return {@link Reply.Result}, {@link Reply.Failed} or {@link Reply.Unreadable}
   */
  public static Reply runHere(EncodedCall call, ClassLoader application, @Nullable Object context) {
    CallReader.Invocation function;
    try {
      function = new CallReader(application).read(BodyIn.site(call), BodyIn.of(call.body()));
    } catch (UnreadableException | IOException e) {
      return new Reply.Failed(Kind.CALL_NOT_READABLE, e, Failures.trace(e));
    }
    Object value;
    try {
      value = function.run(context);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return failed(Kind.THROWN, e, application);
    }
    Body result;
    try {
      result = Results.encode(value);
    } catch (RuntimeException e) {
      return failed(Kind.RESULT_NOT_SERIALIZABLE, e, application);
    }
    try {
      return new Reply.Result(replies(application).value(BodyIn.of(result)));
    } catch (UnreadableException | IOException e) {
      return new Reply.Unreadable(e);
    }
  }

  private static Reply failed(Kind kind, Throwable thrown, ClassLoader application) {
    try {
      Throwable copy = replies(application).failure(BodyIn.of(Failures.encode(thrown)));
      return new Reply.Failed(kind, copy, Failures.trace(thrown));
    } catch (UnreadableException | IOException e) {
      return new Reply.Failed(kind, e, Failures.trace(thrown));
    }
  }
}
