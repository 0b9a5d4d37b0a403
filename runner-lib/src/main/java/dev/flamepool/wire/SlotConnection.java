package dev.flamepool.wire;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A slot, seen from the caller: one call at a time, written and read on the calling thread. Not
 * thread-safe but for {@link #abort}; a pool of slots hands it to one thread at a time. A runner
 * that stops in the middle of a body is cut after the link's time. Whoever holds the runner's
 * control connection must abort its slots when that ends: a reply that has not begun is not timed.
 */
public final class SlotConnection implements Slot, AutoCloseable {
  // Beyond this a goaway may have arrived unread; asking the socket costs a system call.
  private static final long LOOK_AFTER_NANOS = 50_000_000;

  private static final AtomicInteger OPEN = new AtomicInteger();

  private final Link link;
  private final AtomicBoolean counted = new AtomicBoolean();
  private final HelloAck ack;
  private final int slot;
  private final Sent sent;
  private final ReplyIn replies;
  private final Out head = new Out(512);
  private final HeapAccount account = HeapAccount.of(HeapRoom.REPLIES, Limits.ADMIT_FIRST_BYTES);
  private volatile boolean usable = true;
  private final Object turn = new Object();
  private int number; // written under turn
  private @Nullable Wait waiting; // guarded by turn
  private volatile boolean givenUp;
  private final TransferTimer reads = new TransferTimer(LinkTimer.starting());
  private final TransferTimer writes = new TransferTimer(LinkTimer.starting());
  private long looked = System.nanoTime();
  private boolean inReply; // seen by whoever sees that a read waits
  private volatile boolean stuck;
  private long lastUse = System.nanoTime();

  private SlotConnection(Link link, HelloAck ack, int slot) {
    this.link = link;
    sent = new Sent(Math.min(link.names(), ack.names()));
    replies = new ReplyIn(link.in, link.names());
    link.in.account(account);
    this.ack = ack;
    this.slot = slot;
  }

  /**
   * Connects, shakes hands and waits for the runner's answer to hello.
   *
   * @param address where the runner listens
   * @param runnerUid sent as SNI {@code <uid>.runner.flame} and demanded in the runner's
   *     certificate
   * @param identity of this caller
   * @param slot number of this slot, unique among those that {@code hello.callerId()} has open
   * @throws HelloRefusedException with the reason if either side does not accept the other
   * @throws IOException if the runner cannot be reached in time
   */
  public static SlotConnection open(
      InetSocketAddress address,
      String runnerUid,
      Identity identity,
      Hello hello,
      int slot,
      Timeouts timeouts)
      throws IOException {
    Link link = Link.connect(address, Protocol.runnerName(runnerUid), identity, timeouts);
    try {
      HelloAck ack = Handshake.hello(link, Protocol.KIND_SLOT, slot, hello);
      Handshake.checkUid(ack, runnerUid);
      link.readTimeout(0);
      SlotConnection connection = new SlotConnection(link, ack, slot);
      SlotWatch.add(connection);
      OPEN.incrementAndGet();
      connection.counted.set(true);
      return connection;
    } catch (IOException | RuntimeException | Error e) {
      link.abort();
      throw e;
    }
  }

  /** What the runner said of itself. */
  public HelloAck ack() {
    return ack;
  }

  @Override
  public int slot() {
    return slot;
  }

  @Override
  public boolean usable() {
    return usable;
  }

  /** Makes a call that leaves nothing on the runner. */
  public Reply call(EncodedCall call, CallOptions options, ReplyDecoder decoder, Wait wait) {
    return call(Stay.NONE, call, options, decoder, wait);
  }

  @Override
  public Reply call(
      Stay stay, EncodedCall call, CallOptions options, ReplyDecoder decoder, Wait wait) {
    if (!usable) {
      return new Reply.NotStarted("this slot connection has ended");
    }
    if (!call.body().needs().isEmpty()) {
      Optional<String> lacking = Takes.lacking(call.body().needs(), ack.takes());
      if (lacking.isPresent()) { // it is not sent
        UnreadableException e = new UnreadableException(lacking.get());
        return new Reply.Failed(Reply.Failed.Kind.CALL_NOT_READABLE, e, "");
      }
    }
    int n;
    synchronized (turn) {
      n = Protocol.after(number);
      number = n;
      waiting = wait;
    }
    try {
      return call(n, stay, call, options, decoder);
    } finally {
      synchronized (turn) {
        waiting = null;
      }
    }
  }

  /** Asks whoever makes a call whether to wait on, and looks at what moves. */
  void tick() {
    long now = System.nanoTime();
    if (now - looked >= LinkTimer.TICK_NANOS) {
      looked = now;
      endIfStuck(now);
    }
    synchronized (turn) {
      Wait asked = waiting;
      if (asked != null && !asked.tick(number)) {
        givenUp = true;
        abort();
      }
    }
  }

  /** The runner has stopped in the middle of a call's or a reply's body: it ends here. */
  void endIfStuck(long now) {
    BufferedSocket below = link.below();
    boolean late = reads.stuck(now, isAwaitingReply(), below.read());
    if (writes.stuck(now, below.isWriting(), below.written()) || late) {
      stuck = true;
      abort();
    }
  }

  private boolean isAwaitingReply() {
    return link.below().isReading() && inReply;
  }

  /** Bytes that have come and left, -1 unless it waits in the middle of a body. Any thread. */
  long moved() {
    BufferedSocket below = link.below();
    return isAwaitingReply() || below.isWriting() ? below.read() + below.written() : -1;
  }

  private IOException why(IOException e) {
    return stuck
        ? new IOException(
            "it stopped in the middle of it: less than 16 KiB moved in "
                + LinkTimer.TIMEOUT_NANOS / 1_000_000_000
                + " s",
            e)
        : e;
  }

  private Reply call(
      int n, Stay stay, EncodedCall call, CallOptions options, ReplyDecoder decoder) {
    boolean admitFirst = call.size() > Limits.ADMIT_FIRST_BYTES;
    try {
      if (System.nanoTime() - lastUse > LOOK_AFTER_NANOS && link.hasMessage()) {
        return before(n);
      }
      head(n, stay, call, options, admitFirst);
      link.send(head);
    } catch (IOException e) {
      return notStarted(e);
    }
    try {
      if (admitFirst) {
        try {
          Reply refused = admission(n, stay, decoder);
          if (refused != null) {
            return refused;
          }
          link.send(call.body().bytes());
        } catch (IOException e) {
          return notStarted(e);
        }
      }
      return reply(replies.type(), n, stay, decoder);
    } catch (IOException e) {
      fail();
      return new Reply.Lost(admitFirst, why(e));
    } catch (Error e) {
      fail(); // nobody reads on from the middle of a reply
      throw e;
    } finally {
      account.close();
      link.below().rest();
      lastUse = System.nanoTime();
    }
  }

  private void head(int n, Stay stay, EncodedCall call, CallOptions options, boolean admitFirst) {
    Map<String, String> headers = options.headers();
    Out out = head;
    out.release(); // a slot may be idle for long, and there are many
    if (stay.verb() == Stay.Verb.RUN) {
      out.u1(Protocol.CALL);
    } else {
      out.u1(Protocol.STAY_CALL);
      out.u1(Codes.of(stay.verb()));
      out.vlong(stay.id());
    }
    out.vint(n);
    out.u1(
        (options.linked() ? Protocol.FLAG_LINKED : 0)
            | (options.timeoutMs() >= 0 ? Protocol.FLAG_TIMEOUT : 0)
            | (headers.isEmpty() ? 0 : Protocol.FLAG_HEADERS)
            | (admitFirst ? Protocol.FLAG_ADMIT_FIRST : 0));
    if (stay.hasFunction()) {
      sent.site(call.site(), out);
    }
    if (options.timeoutMs() >= 0) {
      out.vlong(options.timeoutMs());
    }
    if (!headers.isEmpty()) {
      out.vint(headers.size());
      headers.forEach(
          (key, value) -> {
            out.string(key);
            out.string(value);
          });
    }
    sent.classes(call.body(), out);
    out.vlong(call.size());
    if (!admitFirst) {
      out.append(call.body().bytes());
    }
  }

  /**
   * The body was never asked for, or a write failed, whose last record never left whole: the runner
   * never had the whole call.
   */
  private Reply notStarted(IOException e) {
    fail();
    if (givenUp) {
      return new Reply.Lost(false, e);
    }
    return new Reply.NotStarted("the call could not be sent: " + why(e).getMessage());
  }

  /** Something has come although nothing was asked: only a goaway may. */
  private Reply before(int n) throws IOException {
    Reply reply = replies.goaway(replies.type(), n);
    fail();
    return reply;
  }

  /** Null when admitted. */
  private @Nullable Reply admission(int n, Stay stay, ReplyDecoder decoder) throws IOException {
    int type = replies.type();
    return replies.isAdmission(type, n) ? null : reply(type, n, stay, decoder);
  }

  private Reply reply(int type, int n, Stay stay, ReplyDecoder decoder) throws IOException {
    inReply = true;
    Reply reply;
    try {
      reply = replies.read(type, n, stay, decoder);
    } finally {
      inReply = false;
    }
    boolean orphans = type == Protocol.RESULT_STAYS && !(reply instanceof Reply.Stays);
    if (orphans || reply instanceof Reply.NotStarted) {
      fail(); // nobody here could release what stays; or the runner is ending
    }
    return reply;
  }

  /** How many this process has open. */
  public static int openNow() {
    return OPEN.get();
  }

  private void fail() {
    if (counted.compareAndSet(true, false)) {
      OPEN.decrementAndGet();
    }
    usable = false;
    SlotWatch.remove(this);
    link.abort();
  }

  @Override
  public void abort() {
    fail();
  }

  /** Ends an idle slot. The runner has nothing left to say, so this never waits. */
  @Override
  public void close() {
    fail();
  }
}
