package dev.flamepool.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.ControlMessage.Want;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class WantsTest {
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final List<ControlMessage> said = new ArrayList<>();
  private boolean connected = true;
  private Error broken;
  private final Wants wants =
      new Wants(
          threads::add,
          message -> {
            said.add(message);
            if (broken != null) {
              throw broken;
            }
            return connected;
          });

  private void work() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }

  @Test
  void anErrorCostsOneWordAndNotAllThatFollow() {
    broken = new OutOfMemoryError("test");
    wants.set(1);
    assertThatThrownBy(this::work).isSameAs(broken);
    broken = null;
    wants.set(1);
    work();
    assertThat(said).containsExactly(new Want(1), new Want(1));
  }

  @Test
  void aGrowingLineIsSaidWhenItHasDoubledAndNotForEachCall() {
    for (int calls = 1; calls <= 100; calls++) {
      wants.set(calls);
      work();
    }
    assertThat(said).hasSizeBetween(5, 8).startsWith(new Want(1), new Want(2));
  }

  @Test
  void theRunnerAlwaysBelievesInMoreThanHalfOfWhatIsWanted() {
    wants.set(8);
    work();
    for (int i = 0; i < 100; i++) {
      wants.granted(1);
      wants.set(8);
      work();
    }
    assertThat(said).hasSizeBetween(25, 27).containsOnly(new Want(8));
  }

  @Test
  void anEmptyLineIsTakenBackOnce() {
    wants.set(0);
    work();
    assertThat(said).isEmpty();
    wants.set(3);
    wants.set(0);
    work();
    assertThat(said).as("before it was said").isEmpty();
    wants.set(3);
    work();
    wants.set(0);
    wants.set(0);
    work();
    assertThat(said).containsExactly(new Want(3), new Want(0));
  }

  @Test
  void whatCouldNotBeSaidOrIsForgottenIsSaidAgain() {
    connected = false;
    wants.set(3);
    work();
    connected = true;
    wants.set(3);
    work();
    wants.forget();
    wants.set(3);
    work();
    assertThat(said).containsExactly(new Want(3), new Want(3), new Want(3));
  }

  @Test
  void aFloodOfGrantsIsAnsweredByOneThreadAndInOneWord() {
    for (int i = 0; i < 1_000; i++) {
      wants.granted(1);
      wants.giveBack(1);
    }
    assertThat(threads).hasSize(1);
    work();
    assertThat(said).containsExactly(new ControlMessage.Returned(1_000));
    wants.giveBack(2);
    wants.set(3);
    work();
    assertThat(said).endsWith(new ControlMessage.Returned(2), new Want(3));
  }
}
