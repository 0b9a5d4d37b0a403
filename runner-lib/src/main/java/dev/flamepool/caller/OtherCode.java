package dev.flamepool.caller;

import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks one runner of other code which artifact differs, so that whoever is refused can read it. A
 * call waits for the answer, but not for long: it fails all the same.
 */
final class OtherCode {
  private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

  private final Wiring wiring;
  private final Connections.Peers peers;
  private final Runnable heard;
  private String asked = "";
  private String difference = "";
  private long until;

  /**
   * @param heard called when there is an answer, or none will come; must not block
   */
  OtherCode(Wiring wiring, Connections.Peers peers, Runnable heard) {
    this.wiring = wiring;
    this.peers = peers;
    this.heard = heard;
  }

  /** Asks the first of these runners, none of which has this process's code, once per version. */
  synchronized void ask(PoolView view) {
    PoolView.Endpoint one = view.endpoints().get(0);
    if (asked.equals(one.codeVersion()) || peers.identity() == null) {
      return;
    }
    asked = one.codeVersion();
    difference = "";
    until = Ticks.now() + PATIENCE;
    try {
      CompletableFuture<Control> control =
          new ControlLine(new Route(one, peers), wiring, new NoListener()).open();
      Futures.atEnd(control, this::answered);
    } catch (OutOfMemoryError e) { // no thread: the refusal goes without it
      until = 0;
    }
  }

  private void answered(@Nullable Control connection, @Nullable Throwable failure) {
    if (connection != null) {
      connection.close(); // it has this code after all, so its endpoint will say so
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    synchronized (this) {
      until = 0;
      if (cause instanceof ControlLine.OtherCodeException other) {
        difference = other.first();
      }
    }
    heard.run();
  }

  /** When an answer is no longer waited for; 0 where none is. */
  synchronized long waitsUntil() {
    if (until != 0 && until <= Ticks.now()) {
      until = 0;
    }
    return until;
  }

  /** The first artifact that differs, and how; empty if that is not known. */
  synchronized String difference() {
    return difference;
  }

  private static final class NoListener implements ControlListener {
    @Override
    public void received(ControlMessage message) {}

    @Override
    public void closed(IOException cause) {}
  }
}
