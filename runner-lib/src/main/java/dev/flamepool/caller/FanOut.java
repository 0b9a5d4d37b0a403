package dev.flamepool.caller;

import dev.flamepool.CallInterruptedException;
import dev.flamepool.MapOptions;
import dev.flamepool.Outcome;
import dev.flamepool.QueueFullException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One function over a collection: a bounded number of elements is under way at a time, outcomes
 * keep the order of the collection. All but the work itself happens on the calling thread.
 */
final class FanOut<A extends @Nullable Object, R extends @Nullable Object> {
  private record End<R extends @Nullable Object>(
      int index, @Nullable R value, @Nullable Throwable failure) {}

  private final String pool;
  private final List<A> items;
  private final MapOptions options;
  private final boolean failFast;
  private final Function<A, CompletableFuture<R>> submit;
  private final Map<Integer, CompletableFuture<R>> underWay = new HashMap<>();
  private final BlockingQueue<End<R>> ends = new LinkedBlockingQueue<>();
  private final List<@Nullable Outcome<R>> outcomes;
  private int started;
  private int failed;

  /**
   * Creates one.
   *
   * @param pool for messages
   * @param failFast the first failure cancels the rest and is thrown
   * @param submit starts one element; a failure to start is that element's failure
   */
  FanOut(
      String pool,
      Collection<? extends A> items,
      MapOptions options,
      boolean failFast,
      Function<A, CompletableFuture<R>> submit) {
    this.pool = pool;
    this.items = new ArrayList<>(items);
    this.options = options;
    this.failFast = failFast;
    this.submit = submit;
    this.outcomes = new ArrayList<>(Collections.nCopies(this.items.size(), null));
  }

  /** Goes through all; blocks until the last has ended. */
  List<Outcome<R>> run() {
    try {
      for (int done = 1; done <= items.size(); done++) {
        startSome();
        ended(ends.take(), done);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallInterruptedException(
          "The thread was interrupted in map over FlamePool "
              + pool
              + "; the calls under way were cancelled.");
    } finally {
      // Empty unless it ends early. Cancelling runs the end of each, so not over the map itself.
      List.copyOf(underWay.values()).forEach(call -> call.cancel(true));
    }
    List<Outcome<R>> all = new ArrayList<>(outcomes.size());
    for (Outcome<R> outcome : outcomes) {
      if (outcome != null) {
        all.add(outcome);
      }
    }
    return all;
  }

  private void startSome() {
    while (underWay.size() < options.atOnce() && started < items.size()) {
      CompletableFuture<R> call;
      try {
        call = submit.apply(items.get(started));
      } catch (QueueFullException e) {
        if (!underWay.isEmpty()) {
          return; // tried again when one of those has ended
        }
        call = CompletableFuture.failedFuture(e);
      } catch (RuntimeException e) {
        call = CompletableFuture.failedFuture(e);
      }
      int index = started++;
      underWay.put(index, call);
      Futures.atEnd(call, (value, failure) -> ends.add(new End<>(index, value, failure)));
    }
  }

  private void ended(End<R> end, int done) {
    underWay.remove(end.index());
    RuntimeException failure = null;
    if (end.failure() != null) {
      failure =
          end.failure() instanceof RuntimeException e
              ? e
              : new IllegalStateException(end.failure());
      failed++;
    }
    outcomes.set(end.index(), new Outcome<>(end.value(), failure));
    options.onProgress().accept(new MapOptions.Progress(done, failed, items.size()));
    if (failure != null && failFast) {
      // Built by another thread: this one's trace is what helps.
      failure.setStackTrace(new Throwable().getStackTrace());
      throw failure;
    }
  }
}
