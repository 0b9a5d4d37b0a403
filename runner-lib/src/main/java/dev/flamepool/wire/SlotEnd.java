package dev.flamepool.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runner's end of a slot: reads calls, writes replies, on one thread. {@link #goaway} may be
 * called from another thread while the first one waits in {@link #next}, and {@link #abort} always.
 */
public final class SlotEnd {
  private final Link link;
  private final Sent sent = new Sent();
  private final Received received = new Received();
  private final Out out = new Out(512);

  SlotEnd(Link link) {
    this.link = link;
  }

  /** Waits for the next call; null when the caller closed the slot. */
  public @Nullable IncomingCall next() throws IOException {
    In in = link.in;
    int type;
    try {
      type = in.u1();
    } catch (EOFException e) {
      return null;
    }
    if (type != Protocol.CALL && type != Protocol.STAY_CALL) {
      throw new MalformedException("message type " + type + " on a slot");
    }
    Stay stay = type == Protocol.CALL ? Stay.NONE : stay(in);
    int number = in.vint();
    int flags = in.u1();
    SiteRef site = stay.hasFunction() ? received.site(in) : null;
    long timeout = (flags & Protocol.FLAG_TIMEOUT) != 0 ? in.vlong() : -1;
    Map<String, String> headers = (flags & Protocol.FLAG_HEADERS) != 0 ? headers(in) : Map.of();
    ClassRef[] classes = received.classes(in);
    long length = in.vlong();
    if (length < 0 || length > Limits.MAX_MESSAGE_BYTES) {
      throw new MalformedException(
          "a call of " + length + " bytes, over the limit of " + Limits.MAX_MESSAGE_BYTES);
    }
    in.limit(length);
    return new IncomingCall(
        stay,
        number,
        (flags & Protocol.FLAG_LINKED) != 0,
        timeout,
        headers,
        site,
        new BodyIn(in, classes),
        length,
        (flags & Protocol.FLAG_ADMIT_FIRST) != 0);
  }

  private static Stay stay(In in) throws IOException {
    int verb = in.u1();
    long id = in.vlong();
    Stay.Verb known = Codes.read(Stay.Verb.values(), verb, Stay.Verb.RUN);
    if (known == Stay.Verb.RUN) {
      throw new MalformedException("verb " + verb + " of a call");
    }
    return new Stay(known, id);
  }

  private static Map<String, String> headers(In in) throws IOException {
    int n = in.vint();
    if (n < 0 || n > Limits.MAX_HEADERS) {
      throw new MalformedException(n + " headers");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 0; i < n; i++) {
      headers.put(in.string(Limits.MAX_NAME), in.string(Limits.MAX_TEXT));
    }
    return headers;
  }

  /**
   * Skips what is left of the call's body; to be called once per call, after decoding or instead of
   * it.
   */
  public void endBody() throws IOException {
    link.in.unlimit();
  }

  /** The body was never asked for and will not come. */
  public void noBody() throws IOException {
    link.in.limit(0);
    link.in.unlimit();
  }

  /** Asks for the body. */
  public void admit(int number) throws IOException {
    out.reset();
    out.u1(Protocol.ADMIT);
    out.vint(number);
    link.send(out);
  }

  /** The call's value. */
  public void result(int number, Body value) throws IOException {
    result(Protocol.RESULT, number, value);
  }

  /** The call's value, and word that something of it stays here. */
  public void stays(int number, Body value) throws IOException {
    result(Protocol.RESULT_STAYS, number, value);
  }

  private void result(int type, int number, Body value) throws IOException {
    out.reset();
    out.u1(type);
    out.vint(number);
    body(value);
  }

  /** The call's failure. */
  public void failed(int number, Reply.Failed.Kind kind, String trace, Body failure)
      throws IOException {
    out.reset();
    out.u1(Protocol.FAILED);
    out.vint(number);
    out.u1(Codes.of(kind));
    out.string(
        trace.length() > Limits.MAX_TEXT / 4 ? trace.substring(0, Limits.MAX_TEXT / 4) : trace);
    body(failure);
  }

  private void body(Body body) throws IOException {
    sent.classes(body, out);
    out.vlong(body.size());
    out.append(body.bytes());
    link.send(out);
  }

  /** The call was not started. */
  public void refused(int number, Refusal reason, String message) throws IOException {
    out.reset();
    out.u1(Protocol.REFUSED);
    out.vint(number);
    out.u1(Codes.of(reason));
    out.string(message);
    link.send(out);
  }

  /**
   * The last message: {@code last} is the last call accepted here. Ends the output; the caller's
   * end is read on.
   */
  public void goaway(int last) throws IOException {
    Out m = new Out(8);
    m.u1(Protocol.GOAWAY);
    m.vint(last);
    link.send(m);
    link.halfClose();
  }

  /** Ends the connection at once. Any thread. */
  public void abort() {
    link.abort();
  }
}
