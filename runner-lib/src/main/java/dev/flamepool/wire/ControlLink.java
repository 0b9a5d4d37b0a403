package dev.flamepool.wire;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of a control connection share: writes under a lock, a reading loop, and the watch
 * over a silent peer.
 */
final class ControlLink {
  private static final long SECONDS = LinkTimer.TIMEOUT_NANOS / 1_000_000_000;

  private final Link link;
  private final Object writing = new Object();
  private final LinkTimer timer = LinkTimer.starting();
  private final WriteTimer writes = new WriteTimer(LinkTimer.starting());
  private final Pace pace;
  private volatile @Nullable IOException ended;

  ControlLink(Link link, Pace pace) {
    this.link = link;
    this.pace = pace;
  }

  void send(ControlMessage m) throws IOException {
    IOException why = ended;
    if (why != null) {
      throw new IOException("the control connection has ended: " + why.getMessage(), why);
    }
    Out bytes = ControlCodec.encode(m);
    synchronized (writing) {
      writes.begins(System.nanoTime());
      try {
        link.send(bytes);
      } finally {
        writes.ends();
      }
    }
  }

  interface Handler {
    void received(ControlMessage m) throws IOException;

    /** About every second. */
    default void tick() throws IOException {}
  }

  /** Reads until the end and says what ended it. */
  IOException read(Handler handler) {
    try {
      LinkWatch.add(this);
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
        rest(pace.handled(System.nanoTime()));
      }
    } catch (IOException e) {
      end(e);
    } catch (RuntimeException | Error e) {
      end(new IOException("a control message could not be handled: " + e, e));
    } finally {
      LinkWatch.remove(this);
    }
    IOException why = ended;
    return why == null ? new IOException("ended") : why;
  }

  /** Whoever sends faster than is read waits, in its own buffers. */
  private void rest(long nanos) {
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && isOpen(); left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** A peer that neither says nor reads anything is gone, or as good as. */
  void endIfSilent(long now) {
    if (timer.silent(now)) {
      end(new IOException("silent for " + SECONDS + " s"));
    }
    if (writes.stuck(now)) {
      end(new IOException("has read nothing for " + SECONDS + " s"));
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
