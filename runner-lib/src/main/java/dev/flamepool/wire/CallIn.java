package dev.flamepool.wire;

import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the calls of one slot, up to their bodies; each field is checked. */
final class CallIn {
  private final In in;
  private final Received received;
  private int last; // call that was read

  /**
   * @param names bytes of names that may be remembered
   */
  CallIn(In in, long names) {
    this.in = in;
    received = new Received(names);
  }

  /** Waits for the next call; null when the caller closed the slot. */
  @Nullable IncomingCall next() throws IOException {
    int type;
    try {
      type = in.u1();
    } catch (EOFException e) {
      return null;
    }
    in.beginHead();
    if (type != Protocol.CALL && type != Protocol.STAY_CALL) {
      throw new MalformedException("message type " + type + " on a slot");
    }
    Stay stay = type == Protocol.CALL ? Stay.NONE : stay();
    int expected = Protocol.after(last);
    last = Said.number("Call.number", in.vint(), expected, expected);
    int flags = Said.number("Call.flags", in.u1(), 0, Protocol.ALL_FLAGS);
    SiteRef site = stay.hasFunction() ? received.site(in) : null;
    long timeout =
        (flags & Protocol.FLAG_TIMEOUT) != 0 ? Said.millis("Call.timeoutMs", in.vlong()) : -1;
    Map<String, String> headers = (flags & Protocol.FLAG_HEADERS) != 0 ? headers() : Map.of();
    ClassRef[] classes = received.classes(in);
    long most = stay.hasFunction() ? Limits.MAX_MESSAGE_BYTES : 0;
    long length = Said.number("Call.body", in.vlong(), 0, most);
    in.beginBody(length);
    return new IncomingCall(
        stay,
        last,
        (flags & Protocol.FLAG_LINKED) != 0,
        timeout,
        headers,
        site,
        new BodyIn(in, classes),
        length,
        (flags & Protocol.FLAG_ADMIT_FIRST) != 0);
  }

  private Stay stay() throws IOException {
    int verb = in.u1();
    Stay.Verb known = Codes.read(Stay.Verb.values(), verb, Stay.Verb.RUN);
    if (known == Stay.Verb.RUN) {
      throw Said.wrong("Call.verb", verb, "it is none that this version knows");
    }
    return new Stay(known, Said.number("Call.object", in.vlong(), 0, Long.MAX_VALUE));
  }

  private Map<String, String> headers() throws IOException {
    int n = Said.number("Call.headers", in.vint(), 0, Limits.MAX_HEADERS);
    Map<String, String> headers = new HashMap<>();
    for (int i = 0; i < n; i++) {
      headers.put(
          Said.string("Call.header.key", in, Limits.MAX_HEADER_KEY),
          Said.string("Call.header.value", in, Limits.MAX_HEADER_VALUE));
    }
    return headers;
  }
}
