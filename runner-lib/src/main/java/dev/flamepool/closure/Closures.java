package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.Fatal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.Site;
import dev.flamepool.wire.Takes;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The caller's end: a function into a call, a reply into a value. All methods are thread-safe. */
public final class Closures {
  /** What is wrong with a factory that returns null. */
  public static final String NOTHING_PLACED = "the function given to place returned null";

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
    return encode(function, functionalInterface, borrow, false, null);
  }

  /**
   * Like {@link #encode}, for a function that is to be called there with {@code argument}, a copy,
   * instead of what the runner would hand it.
   */
  public static EncodedCall encodeApplied(
      Object function, Class<?> functionalInterface, @Nullable Object argument) {
    return encode(function, functionalInterface, false, true, argument);
  }

  private static EncodedCall encode(
      Object function,
      Class<?> functionalInterface,
      boolean borrow,
      boolean applied,
      @Nullable Object argument) {
    LambdaSite opener = LambdaSite.of(function.getClass());
    SerializedLambda l = opener.open(function);
    Site site;
    Object[] values;
    if (l == null) {
      site = LambdaSite.object(function.getClass(), functionalInterface, applied);
      values = new Object[site.values()];
      values[0] = function;
    } else {
      site = opener.site(l, applied);
      values = new Object[site.values()];
      for (int i = 0; i < site.captures(); i++) {
        values[i] = l.getCapturedArg(i);
      }
    }
    if (applied) {
      values[values.length - 1] = argument;
    }
    ValueWriter w = new ValueWriter(128, borrow, Policy.CALLS);
    try {
      w.values(values);
    } catch (IOException e) {
      throw notSent(site, values, e);
    }
    Body body = w.body();
    return new EncodedCall(
        site,
        body.needs().isEmpty() ? body : unsaid(body, function, site),
        function.getClass().getClassLoader());
  }

  /** What the call's own class allows, the runner knows by itself. */
  private static Body unsaid(Body body, Object function, Site site) {
    Allowed known =
        site.isLambda()
            ? LambdaSite.of(function.getClass()).allowedBy(site.stands())
            : Allowed.by(function.getClass());
    return body.needing(need -> !Takes.cover(known.names(), need));
  }

  /** A lambda that captures this is best told so. */
  private static String remedy(Site site, int i, @Nullable Object captured, Culprit c) {
    boolean isThis =
        i == 0
            && captured != null
            && c.path().isEmpty()
            && site.implMethodKind() != MethodHandleInfo.REF_invokeStatic
            && captured.getClass().getName().equals(site.stands())
            && !(captured instanceof Serializable);
    return isThis ? Remedy.ofThis(captured.getClass()) : c.remedy();
  }

  private static CaptureException notSent(
      Site site, @Nullable Object[] captures, IOException failure) {
    boolean lambda = site.isLambda();
    String where = site.stands();
    for (int i = 0; i < captures.length; i++) {
      try {
        ValueWriter.probe(captures[i], Policy.CALLS);
      } catch (IOException e) {
        Culprit c = Culprit.find(captures[i], e, false);
        int index = i == site.captures() ? CaptureException.ARGUMENT : lambda ? i : -1;
        return new CaptureException(
            where, index, c.path(), c.type(), remedy(site, i, captures[i], c), e);
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
   * @param application loads the application's classes, as far as those of the call's own loader do
   *     not know them
   */
  public static ReplyDecoder replies(ClassLoader application) {
    return new Replies(application);
  }

  /**
   * Lets values of more packages and classes travel, from now on and in all of this process.
   *
   * @param names as {@link Allowed#checked} gives them
   */
  public static void allow(Collection<String> names) {
    Allowed.add(names);
  }

  /**
   * Runs an encoded call in this process and on this thread, through the same encoding and decoding
   * as on a runner.
   *
   * @param context what a function with one parameter receives
   * @return {@link Reply.Result}, {@link Reply.Failed} or {@link Reply.Unreadable}
   */
  public static Reply runHere(EncodedCall call, ClassLoader application, @Nullable Object context) {
    return runHere(call, application, context, Around.NOTHING);
  }

  /** The same with something around the function. */
  public static Reply runHere(
      EncodedCall call, ClassLoader application, @Nullable Object context, Around around) {
    return runHere(
        call,
        application,
        context,
        around,
        (function, value) ->
            new Reply.Result(
                replies(application).value(BodyIn.of(Results.encode(value, function, null)))));
  }

  /**
   * Like {@link #runHere}, but what the function returns stays here as it is.
   *
   * @param place takes it
   * @return {@link Reply.Stays} or {@link Reply.Failed}
   */
  public static Reply placeHere(
      EncodedCall call,
      ClassLoader application,
      @Nullable Object context,
      Around around,
      Consumer<Object> place) {
    return runHere(
        call,
        application,
        context,
        around,
        (function, value) -> {
          place.accept(Objects.requireNonNull(value, NOTHING_PLACED));
          return new Reply.Stays(null, List.of());
        });
  }

  /**
   * Like {@link #runHere}, for a result that may track what stays here.
   *
   * @param here takes what it tracks
   * @return {@link Reply.Stays} as well, if there is any
   */
  public static Reply trackHere(
      EncodedCall call,
      ClassLoader application,
      @Nullable Object context,
      Around around,
      List<TrackedHere<?>> here) {
    return runHere(
        call,
        application,
        context,
        around,
        (function, value) -> {
          List<Object> away = new ArrayList<>();
          Body result = Results.encode(value, function, here);
          Object copy = replies(application).value(BodyIn.of(result), away::add);
          return here.isEmpty() ? new Reply.Result(copy) : new Reply.Stays(copy, away);
        });
  }

  private interface Answer {
    Reply to(CallReader.Invocation function, @Nullable Object value)
        throws IOException, UnreadableException;
  }

  private static Reply runHere(
      EncodedCall call,
      ClassLoader application,
      @Nullable Object context,
      Around around,
      Answer answer) {
    CallReader.Invocation function;
    try {
      function = new CallReader(application).read(BodyIn.site(call), BodyIn.of(call.body()));
    } catch (UnreadableException | IOException e) {
      return new Reply.Failed(Kind.CALL_NOT_READABLE, e, Failures.trace(e));
    }
    Object value;
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(application); // as a runner's threads have it
      value = around.run(call.site(), call.extras().headers(), function, context);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      return failed(Kind.THROWN, e, application);
    } finally {
      thread.setContextClassLoader(before);
    }
    try {
      return answer.to(function, value);
    } catch (RuntimeException | Error e) {
      Fatal.rethrow(e);
      return failed(Kind.RESULT_NOT_SERIALIZABLE, e, application);
    } catch (UnreadableException | IOException e) {
      return new Reply.Unreadable(e);
    }
  }

  /** A failure as its copy. */
  public static Reply failed(Kind kind, Throwable thrown, ClassLoader application) {
    try {
      Throwable copy = replies(application).failure(BodyIn.of(Failures.encode(thrown)));
      return new Reply.Failed(kind, copy, Failures.trace(thrown));
    } catch (UnreadableException | IOException e) {
      return new Reply.Failed(kind, e, Failures.trace(thrown));
    }
  }
}
