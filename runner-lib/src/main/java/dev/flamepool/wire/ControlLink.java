package dev.flamepool.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a control connection share: writes under a lock, a reading loop, and the watch
 * over a silent peer.
 */
final class ControlLink {
  private final Link link;
  private final Object writing = new Object();
  private final LinkTimer timer =
      new LinkTimer(LinkTimer.TIMEOUT_NANOS, LinkTimer.TICK_NANOS, System.nanoTime());
  private volatile @Nullable IOException ended;

  ControlLink(Link link) {
    this.link = link;
  }

  void send(ControlMessage m) throws IOException {
    IOException why = ended;
    if (why != null) {
      throw new IOException("the control connection has ended: " + why.getMessage(), why);
    }
    Out bytes = ControlCodec.encode(m);
    synchronized (writing) {
      link.send(bytes);
    }
  }

  interface Handler {
    void received(ControlMessage m) throws IOException;

    /** About every second. */
    default void tick() throws IOException {}
  }

  /** Reads until the end and says what ended it. */
  IOException read(Handler handler) {
    LinkWatch.add(this);
    try {
      link.readTimeout((int) (LinkTimer.TICK_NANOS / 1_000_000));
      IOException[] failed = {null};
      link.in.stall(
          () -> {
            try {
              handler.tick();
            } catch (IOException e) {
              failed[0] = e;
            }
            return failed[0] == null && ended == null;
          });
      while (true) {
        ControlMessage m = ControlCodec.read(link.in);
        timer.heard(System.nanoTime());
        if (m != null) {
          handler.received(m);
        }
        handler.tick();
      }
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException e) {
      end(new IOException("a control message could not be handled: " + e, e));
    } finally {
      LinkWatch.remove(this);
    }
    IOException why = ended;
    return why == null ? new IOException("ended") : why;
  }

  void endIfSilent(long now) {
    if (timer.silent(now)) {
      end(new IOException("silent for " + LinkTimer.TIMEOUT_NANOS / 1_000_000_000 + " s"));
    }
  }

  /** Any thread; the first cause stays. */
  synchronized void end(IOException why) {
    if (ended == null) {
      ended = why;
    }
    link.abort();
  }

  boolean isOpen() {
    return ended == null;
  }
}
