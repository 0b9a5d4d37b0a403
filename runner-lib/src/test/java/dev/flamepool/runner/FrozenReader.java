package dev.flamepool.runner;

import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.ReplyDecoder;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A caller that stops as its result begins to arrive: it reads none of it until it is resumed. */
final class FrozenReader implements ReplyDecoder {
  /** More than the buffers between two processes hold. */
  static final int BYTES = 16 << 20;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CountDownLatch resumed = new CountDownLatch(1);

  /** Waits until it has stopped. */
  void awaitStop() throws InterruptedException {
    if (!stopped.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no result has begun to arrive");
    }
  }

  void resume() {
    resumed.countDown();
  }

  @Override
  public Object value(BodyIn body, Consumer<Object> tracked) throws IOException {
    stopped.countDown();
    try {
      resumed.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    body.in().bytes(BYTES);
    return "read";
  }

  @Override
  public Object value(BodyIn body) throws IOException {
    return value(body, tracked -> {});
  }

  @Override
  public Throwable failure(BodyIn body) {
    return new IllegalStateException();
  }
}
