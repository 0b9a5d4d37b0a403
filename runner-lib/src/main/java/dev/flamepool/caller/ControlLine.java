package dev.flamepool.caller;

import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.HelloAck;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The control connection to one runner, at most one at a time: opened when asked for, again after
 * it was lost, never after the end.
 */
final class ControlLine {
  /** A runner that was started from other code although its endpoint does not say so. */
  static final class OtherCodeException extends IOException {
    private final String first;

    OtherCodeException(String message, String first) {
      super(message);
      this.first = first;
    }

    /** The first artifact that differs, and how; empty if that is not known. */
    String first() {
      return first;
    }
  }

  private final Route route;
  private final Wiring wiring;
  private final ControlListener listener;
  private @Nullable CompletableFuture<Control> control;
  private boolean ended;

  /**
   * @param listener gets every message, and the end of a connection that was not closed here
   */
  ControlLine(Route route, Wiring wiring, ControlListener listener) {
    this.route = route;
    this.wiring = wiring;
    this.listener = listener;
  }

  /** The connection there is or is coming, else a new one. Never blocks. */
  synchronized CompletableFuture<Control> open() {
    if (ended) {
      return CompletableFuture.failedFuture(new IOException("closed"));
    }
    if (control == null) {
      CompletableFuture<Control> opening =
          CompletableFuture.supplyAsync(this::connect, wiring.threads());
      control = opening;
      Futures.atEnd(
          opening,
          (connection, failure) -> {
            if (failure != null) {
              forget(opening);
            }
          });
    }
    return control;
  }

  private Control connect() {
    try {
      Guard guard = new Guard();
      Control connection = wiring.network().control(route, guard);
      HelloAck ack = connection.ack();
      if (!ack.codeVersion().equals(route.hello().codeVersion())) {
        guard.mute = true;
        connection.close();
        throw otherCode(ack);
      }
      synchronized (this) {
        guard.connection = connection;
        if (ended) {
          guard.mute = true;
          connection.close();
          throw new IOException("closed");
        }
      }
      return connection;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private OtherCodeException otherCode(HelloAck ack) {
    String first = CodeVersion.firstDifference(wiring.code().get().artifacts(), ack.artifacts());
    return new OtherCodeException(
        "runner "
            + route.endpoint().runner()
            + " runs code version "
            + ack.codeVersion()
            + (first == null ? "" : "; the first difference is " + first),
        first == null ? "" : first);
  }

  private synchronized void forget(CompletableFuture<Control> which) {
    if (control == which) {
      control = null;
    }
  }

  /** Sends if there is a connection; false if not. May block. */
  boolean send(ControlMessage message) {
    Control connection = current();
    if (connection == null) {
      return false;
    }
    try {
      connection.send(message);
      return true;
    } catch (IOException e) {
      return false; // over: what depends on it hears so
    }
  }

  private synchronized @Nullable Control current() {
    return control != null && control.isDone() && !control.isCompletedExceptionally()
        ? control.join()
        : null;
  }

  boolean isOpen() {
    return current() != null;
  }

  /** Closes it; a new one may be opened. */
  void close() {
    Control connection;
    synchronized (this) {
      connection = current();
      if (connection != null) {
        control = null;
      }
    }
    if (connection != null) {
      connection.close();
    }
  }

  synchronized boolean hasEnded() {
    return ended;
  }

  /** No new one. */
  synchronized void end() {
    ended = true;
  }

  /** Passes on what comes in, but not the end of a connection that was closed here. */
  private final class Guard implements ControlListener {
    private @Nullable Control connection;
    private volatile boolean mute;

    @Override
    public void received(ControlMessage message) {
      listener.received(message);
    }

    @Override
    public void closed(IOException cause) {
      synchronized (ControlLine.this) {
        if (mute || connection == null || current() != connection) {
          return;
        }
        control = null;
      }
      listener.closed(cause);
    }
  }
}
