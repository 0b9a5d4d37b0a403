package dev.flamepool.caller;

import dev.flamepool.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Many callers, each of several threads that call without a pause until a budget is used up. */
final class Crowd {
  private Crowd() {}

  /** Makes that many calls and returns how many of them each caller made. */
  static int[] call(List<Pool> callers, int threadsEach, int calls) throws Exception {
    AtomicInteger budget = new AtomicInteger(calls);
    AtomicInteger[] served = new AtomicInteger[callers.size()];
    CountDownLatch connected = new CountDownLatch(callers.size() * threadsEach);
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> loops = new ArrayList<>();
    for (int i = 0; i < served.length; i++) {
      Pool pool = callers.get(i);
      AtomicInteger own = new AtomicInteger();
      served[i] = own;
      for (int t = 0; t < threadsEach; t++) {
        loops.add(threads.submit(() -> loop(pool, own, budget, connected)));
      }
    }
    threads.shutdown();
    try {
      for (Future<?> loop : loops) {
        loop.get();
      }
    } catch (ExecutionException e) {
      budget.set(0);
      throw e;
    }
    int[] counts = new int[served.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = served[i].get();
    }
    return counts;
  }

  private static Void loop(
      Pool pool, AtomicInteger own, AtomicInteger budget, CountDownLatch connected)
      throws Exception {
    pool.run(() -> Thread.sleep(1));
    connected.countDown();
    connected.await();
    while (budget.get() > 0) {
      pool.run(() -> Thread.sleep(1));
      if (budget.getAndDecrement() > 0) {
        own.incrementAndGet();
      }
    }
    return null;
  }
}
