package dev.flamepool.closure;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.EncodedCall;
import dev.flamepool.wire.ReplyDecoder;
import dev.flamepool.wire.UnreadableException;
import java.io.IOException;
import java.io.ObjectStreamException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what comes back, with the classes of the application as the call's own class sees them. */
final class Replies implements ReplyDecoder {
  private final ClassLoader application;
  private final Policy policy;
  private volatile @Nullable Replies elsewhere;

  Replies(ClassLoader application) {
    this.application = application;
    policy = Policy.replies(application);
  }

  @Override
  public ReplyDecoder to(EncodedCall call) {
    ClassLoader own = Loaders.of(call.loader(), application);
    if (own == application) {
      return this;
    }
    Replies last = elsewhere;
    if (last == null || last.application != own) {
      last = new Replies(own);
      elsewhere = last;
    }
    return last;
  }

  @Override
  public @Nullable Object value(BodyIn in) throws IOException, UnreadableException {
    try {
      return new ValueReader(in, policy).values(1)[0];
    } catch (ObjectStreamException | ReflectiveOperationException e) {
      throw new UnreadableException("the result cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable Object value(BodyIn in, Consumer<Object> tracked)
      throws IOException, UnreadableException {
    try {
      TrackedIn trackedIn = new TrackedIn(tracked);
      Object value = new ValueReader(in, policy, trackedIn).values(1)[0];
      trackedIn.checkNumbers();
      return value;
    } catch (ObjectStreamException | ReflectiveOperationException e) {
      throw new UnreadableException("the result cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Throwable failure(BodyIn in) throws IOException, UnreadableException {
    try {
      return Failures.read(in, policy);
    } catch (ObjectStreamException e) {
      throw new UnreadableException("the failure cannot be read: " + e.getMessage(), e);
    }
  }
}
