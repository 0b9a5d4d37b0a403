package dev.flamepool.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The runner's end of a slot: reads calls, writes replies, on one thread. {@link #goaway} may be
 * called from another thread while the first one waits in {@link #next}, and {@link #abort} always.
 */
public final class SlotEnd {
  private final Link link;
  private final Sent sent;
  private final CallIn calls;
  private final Out out = new Out(512);
  private final TransferTimer reads = new TransferTimer(LinkTimer.starting());
  private final TransferTimer writes = new TransferTimer(LinkTimer.starting());
  private volatile boolean expects; // the rest of a body

  /**
   * @param own bytes of names that this end may remember
   * @param caller the same of its caller
   */
  SlotEnd(Link link, long own, long caller) {
    this.link = link;
    sent = new Sent(Math.min(own, caller));
    calls = new CallIn(link.in, own);
  }

  /**
   * From now on it is ended where its caller stops in the middle of something; {@link #abort} must
   * follow.
   *
   * @throws OutOfMemoryError if there is no thread for that
   */
  public void watch() {
    TransferWatch.add(this);
  }

  /** Its caller has stopped in the middle of something: whatever waits for it goes on. */
  void endIfStuck(long now) {
    BufferedSocket below = link.below();
    boolean late = reads.stuck(now, isAwaitingBody(), below.read());
    if (writes.stuck(now, below.isWriting(), below.written()) || late) {
      abort();
    }
  }

  /** Whether the thread that reads a call waits for more of its body. Any thread. */
  public boolean isAwaitingBody() {
    return expects && link.below().isReading();
  }

  /** What calls are read here takes its heap from that. */
  public void account(HeapAccount of) {
    link.in.account(of);
  }

  /** Waits for the next call; null when the caller closed the slot. */
  public @Nullable IncomingCall next() throws IOException {
    link.below().rest();
    IncomingCall call = calls.next();
    if (call != null && call.bodyLength() > link.in.buffered()) {
      expects = true;
    }
    return call;
  }

  /**
   * Skips what is left of the call's body; to be called after decoding or instead of it. Again, it
   * does nothing.
   */
  public void endBody() throws IOException {
    link.in.unlimit();
    ended();
  }

  private void ended() {
    if (expects) {
      expects = false;
    }
  }

  /** The body was never asked for and will not come. */
  public void noBody() throws IOException {
    link.in.limit(0);
    link.in.unlimit();
    ended();
  }

  /** Asks for the body, for which there is memory. */
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
    out.string(trace.length() > Limits.MAX_TRACE ? trace.substring(0, Limits.MAX_TRACE) : trace);
    body(failure);
  }

  private void body(Body body) throws IOException {
    try {
      sent.classes(body, out);
      out.vlong(body.size());
      out.append(body.bytes());
      link.send(out);
    } finally {
      out.release(); // a slot may be idle for long, and there are many
    }
  }

  /** The call was not started. */
  public void refused(int number, Refusal reason, String message) throws IOException {
    out.reset();
    out.u1(Protocol.REFUSED);
    out.vint(number);
    out.u1(Codes.of(reason));
    out.string(Said.forPeer(message));
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
    TransferWatch.remove(this);
    link.abort();
  }
}
