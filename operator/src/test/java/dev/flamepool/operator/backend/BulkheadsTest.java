package dev.flamepool.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flamepool.operator.backend.Places.Account;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BulkheadsTest {
  private static final String CLOUD = "https://cloud.example";

  private final ManualClock clock = new ManualClock();
  private final Bulkheads places = new Bulkheads(clock);
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void close() {
    end.countDown();
    places.close();
  }

  private static Account account(String name) {
    return new Account(CLOUD, name);
  }

  /** Work of an account whose backend does not answer until it is released. */
  private final class Hanging {
    final Semaphore begun = new Semaphore(0);
    final Semaphore done = new Semaphore(0);
    private volatile Semaphore release = new Semaphore(0);

    void give(String account, String flow) {
      places.run(account(account), flow, this::hang);
    }

    private void hang() {
      Semaphore mine = release;
      begun.release();
      try {
        while (end.getCount() > 0 && !mine.tryAcquire(10, TimeUnit.MILLISECONDS)) {}
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      done.release();
    }

    /** As many as hang now get an answer 40 s late, and no other. */
    void late(int count) throws InterruptedException {
      Semaphore now = release;
      release = new Semaphore(0);
      clock.advance(Duration.ofSeconds(40));
      now.release(count);
      assertThat(done.tryAcquire(count, 30, TimeUnit.SECONDS)).isTrue();
    }

    void begun(int count) throws InterruptedException {
      assertThat(begun.tryAcquire(count, 30, TimeUnit.SECONDS)).as(count + " begin").isTrue();
    }

    /** These are all that hang. */
    void begunAlone(int count) throws InterruptedException {
      begun(count);
      await().until(() -> places.underWay() == count);
    }
  }

  private void isServed(Account account) throws InterruptedException {
    int others = places.underWay();
    CountDownLatch served = new CountDownLatch(1);
    places.run(account, "pool", served::countDown);
    assertThat(served.await(30, TimeUnit.SECONDS)).as(account + " is served").isTrue();
    await().until(() -> places.underWay() <= others); // before the clock moves
  }

  @Test
  void anAccountThatDoesNotAnswerHoldsNobodyElse() throws Exception {
    Hanging sick = new Hanging();
    for (int pool = 0; pool < 60; pool++) {
      sick.give("sick", "pool-" + pool);
    }
    sick.begun(EndpointLanes.FIRST);
    isServed(account("healthy"));
    isServed(new Account("https://other.example", "sick"));
    assertThat(places.waiting()).as("hold no thread").isEqualTo(60 - EndpointLanes.FIRST);
  }

  @Test
  void aHundredAccountsThatHangAtOneEndpointLeaveRoomForThoseThatDoNot() throws Exception {
    isServed(account("healthy"));
    Hanging sick = new Hanging();
    for (int tenant = 0; tenant < 100; tenant++) {
      sick.give("junk-" + tenant, "p");
    }
    sick.begunAlone(EndpointLanes.UNPROVEN); // nobody knows them yet
    isServed(account("healthy"));
    for (int left = 100; left > 0; left -= EndpointLanes.UNPROVEN) {
      int late = Math.min(left, EndpointLanes.UNPROVEN);
      sick.late(late);
      sick.begunAlone(Math.min(left - late, EndpointLanes.UNPROVEN));
    }
    for (int tenant = 0; tenant < 100; tenant++) {
      sick.give("junk-" + tenant, "p");
    }
    for (int answers = 0; answers < 3; answers++) {
      sick.begunAlone(EndpointLanes.SICK);
      isServed(account("healthy"));
      isServed(account("newcomer-" + answers));
      assertThat(sick.begun.availablePermits()).as("no more than their share").isZero();
      sick.late(EndpointLanes.SICK);
    }
  }

  @Test
  void anAccountGetsMorePlacesWithEachAnswerAndFewerWithEachThatIsLate() throws Exception {
    Hanging busy = new Hanging();
    for (int i = 0; i < 100; i++) {
      busy.give("a", "p");
    }
    busy.begun(2);
    busy.release.release(1);
    busy.begun(2);
    busy.release.release(20);
    busy.begun(20 + EndpointLanes.MOST - 3);
    assertThat(busy.done.tryAcquire(21, 30, TimeUnit.SECONDS)).isTrue();
    clock.advance(EndpointLanes.SLOW);
    busy.release.release(EndpointLanes.MOST - 1);
    assertThat(busy.done.tryAcquire(EndpointLanes.MOST - 1, 30, TimeUnit.SECONDS)).isTrue();
    assertThat(busy.begun.availablePermits()).as("late ones have no successor").isZero();
  }

  @Test
  void poolsOfAnAccountTakeTurns() throws Exception {
    Hanging before = new Hanging();
    before.give("a", "big");
    before.give("a", "big");
    before.begun(2);
    List<String> order = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(12);
    for (int i = 0; i < 10; i++) {
      places.run(account("a"), "big", () -> note(order, "big", all));
    }
    places.run(account("a"), "small", () -> note(order, "small", all));
    places.run(account("a"), "small", () -> note(order, "small", all));
    before.release.release(1); // one thread for all of them
    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(order.indexOf("small")).isLessThan(4);
    assertThat(order.lastIndexOf("small")).isLessThan(7);
  }

  private static void note(List<String> order, String what, CountDownLatch all) {
    synchronized (order) {
      order.add(what);
    }
    all.countDown();
  }

  @Test
  void workThatThrowsEndsNoThread() throws Exception {
    places.run(
        account("a"),
        "p",
        () -> {
          throw new StackOverflowError();
        });
    isServed(account("a"));
  }

  @Test
  void aThreadThatCannotBeMadeCostsOneTry() throws Exception {
    AtomicBoolean full = new AtomicBoolean(true);
    try (Bulkheads starved =
        new Bulkheads(
            clock,
            task -> {
              if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(task);
            })) {
      assertThatThrownBy(() -> starved.run(account("a"), "p", () -> {}))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(starved.waiting()).isZero();
      full.set(false);
      CountDownLatch served = new CountDownLatch(1);
      starved.run(account("a"), "p", served::countDown);
      assertThat(served.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
