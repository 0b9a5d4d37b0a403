package dev.flamepool.wire;

import java.io.IOException;
import java.io.ObjectStreamException;
import java.util.ArrayList;
import java.util.List;

/** Reads the replies of one slot, and nothing that does not answer what was asked. */
final class ReplyIn {
  private final In in;
  private final Received received;

  /**
   * @param names bytes of names that may be remembered
   */
  ReplyIn(In in, long names) {
    this.in = in;
    received = new Received(names);
  }

  /** Waits for the next message and says what it is. */
  int type() throws IOException {
    int type = in.u1();
    in.beginHead();
    return type;
  }

  /**
   * Whether that message asks for the body of call {@code n}; else it refuses the call or says why
   * it can never take it.
   *
   * @throws MalformedException if it does neither
   */
  boolean isAdmission(int type, int n) throws IOException {
    if (type == Protocol.ADMIT) {
      check(n);
      in.endHead();
      return true;
    }
    if (type != Protocol.REFUSED && type != Protocol.FAILED && type != Protocol.GOAWAY) {
      throw new MalformedException("message type " + type + " before the body of call " + n);
    }
    return false;
  }

  /**
   * Reads a goaway that came before call {@code n} was made.
   *
   * @throws MalformedException if it is something else
   */
  Reply goaway(int type, int n) throws IOException {
    if (type != Protocol.GOAWAY) {
      throw new MalformedException("message type " + type + " before call " + n + " was made");
    }
    return goaway(n);
  }

  /** Reads the reply to call {@code n}, to its end whatever the decoder makes of it. */
  Reply read(int type, int n, Stay stay, ReplyDecoder decoder) throws IOException {
    return switch (type) {
      case Protocol.RESULT -> {
        check(n);
        check(stay.mayLeaveNothing(), "Result", stay);
        BodyIn body = body("Result.body", Limits.MAX_MESSAGE_BYTES);
        yield finish(body, () -> new Reply.Result(decoder.value(body)));
      }
      case Protocol.RESULT_STAYS -> {
        check(n);
        check(stay.mayLeaveSomething(), "Stays", stay);
        yield stays(stay, body("Stays.body", Limits.MAX_MESSAGE_BYTES), decoder);
      }
      case Protocol.FAILED -> {
        check(n);
        Reply.Failed.Kind kind =
            Codes.read(Reply.Failed.Kind.values(), in.u1(), Reply.Failed.Kind.OTHER);
        String trace = Said.string("Failed.trace", in, Limits.MAX_TRACE);
        BodyIn body = body("Failed.body", Limits.MAX_FAILURE_BYTES);
        Reply reply = finish(body, () -> new Reply.Failed(kind, decoder.failure(body), trace));
        yield reply instanceof Reply.Unreadable unreadable && saysItself(kind)
            ? new Reply.Failed(kind, unreadable.cause(), trace)
            : reply;
      }
      case Protocol.REFUSED -> {
        check(n);
        Refusal reason = Codes.read(Refusal.values(), in.u1(), Refusal.OTHER);
        String text = Said.string("Refused.message", in, Said.MAX_TEXT);
        in.endHead();
        yield new Reply.Refused(reason, Said.text("Refused.message", text));
      }
      case Protocol.GOAWAY -> goaway(n);
      default -> throw new MalformedException("message type " + type + " on a slot");
    };
  }

  /** Whether that is the end whatever the function threw. */
  private static boolean saysItself(Reply.Failed.Kind kind) {
    return switch (kind) {
      case TIMED_OUT, CANCELLED, RUNNER_ENDED -> true;
      default -> false;
    };
  }

  private Reply stays(Stay stay, BodyIn body, ReplyDecoder decoder) throws IOException {
    List<Object> tracked = new ArrayList<>();
    Reply reply = finish(body, () -> new Reply.Stays(decoder.value(body, tracked::add), tracked));
    boolean answers = tracked.isEmpty() != (stay.verb() == Stay.Verb.TRACK);
    if (reply instanceof Reply.Stays && !answers) {
      throw Said.wrong("Stays.tracked", tracked.size(), "that does not answer " + stay.verb());
    }
    return reply;
  }

  private Reply goaway(int n) throws IOException {
    int last = Said.number("Goaway.last", in.vint(), 0, Integer.MAX_VALUE);
    in.endHead();
    if (last >= n) {
      throw new MalformedException("goaway(" + last + ") before the reply to call " + n);
    }
    return new Reply.NotStarted("the runner is ending");
  }

  private void check(int n) throws IOException {
    int got = in.vint();
    if (got != n) {
      throw new MalformedException("a reply to call " + got + " instead of " + n);
    }
  }

  private static void check(boolean answers, String reply, Stay stay) throws MalformedException {
    if (!answers) {
      throw new MalformedException(reply + " does not answer " + stay.verb());
    }
  }

  private BodyIn body(String field, long most) throws IOException {
    ClassRef[] classes = received.classes(in);
    in.beginBody(Said.number(field, in.vlong(), 0, most));
    return new BodyIn(in, classes);
  }

  private interface Reading {
    Reply read() throws IOException, UnreadableException;
  }

  private Reply finish(BodyIn body, Reading reading) throws IOException {
    Reply reply;
    try {
      in.expect(body.in().remaining());
      reply = reading.read();
    } catch (UnreadableException | ObjectStreamException | RuntimeException e) {
      reply = new Reply.Unreadable(e);
    } catch (Error e) {
      Fatal.rethrow(e);
      reply = new Reply.Unreadable(new UnreadableException("cannot be read here: " + e, e));
    }
    in.unlimit();
    return reply;
  }
}
