package dev.flamepool.caller;

import dev.flamepool.closure.Around;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.Loaders;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Stay;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Objects kept in this process.
 *
 * @param objects null where one is closed
 * @param around what belongs around every function
 */
record LocalSeat(
    AtomicReferenceArray<@Nullable Object> objects, ClassLoader application, Around around)
    implements Seat {
  @Override
  public Reply carryOut(HeldCall call) {
    if (!call.begins()) {
      return new Reply.NotStarted("cancelled");
    }
    try {
      int index = (int) call.stay.id();
      if (call.stay.verb() == Stay.Verb.ON) {
        call.body.extras().progress().sending(InProcess.PLACE);
        Object object = Objects.requireNonNull(objects.get(index), "closed");
        ClassLoader own = Loaders.of(call.body.loader(), application);
        return Closures.runHere(call.body, own, object, around);
      }
      close(objects.getAndSet(index, null));
      return new Reply.Result(null);
    } catch (Throwable e) { // whatever it is, whoever waits hears of it
      return Closures.failed(Kind.THROWN, e, application);
    } finally {
      call.over();
    }
  }

  private static void close(@Nullable Object object) throws Exception {
    if (object instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  @Override
  public void free() {}

  @Override
  public void cut() {
    for (int i = 0; i < objects.length(); i++) {
      try {
        close(objects.getAndSet(i, null));
      } catch (Exception e) {
        // as on a runner whose caller is gone: nobody is left to be told
      }
    }
  }
}
