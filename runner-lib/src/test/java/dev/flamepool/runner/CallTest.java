package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.closure.RemoteThrowable;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.SlotConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes to a runner and comes back. */
@Tag("scenario")
class CallTest {
  record Pair(String name, int number) {}

  enum Colour {
    RED
  }

  static final class OwnException extends Exception {
    private static final long serialVersionUID = 1;
    final int code;

    OwnException(String message, int code) {
      super(message, new IllegalStateException("beneath"));
      this.code = code;
    }
  }

  static final class UnsendableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("unused") // cannot be serialized, which is the point
    final transient int kept = 1;

    @SuppressWarnings({"unused", "serial"})
    final Object thing = new Object();

    UnsendableException() {
      super("has an object inside");
    }
  }

  @Test
  void valuesOfEveryKindGoThereAndBack() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      String text = "grüße €";
      int n = -7;
      long big = Long.MIN_VALUE;
      byte[] bytes = {1, 2, 3};
      List<Object> list = new ArrayList<>(Arrays.asList("a", null, 2.5, 'x', Colour.RED));
      Map<String, Pair> map = Map.of("k", new Pair("p", 9));
      for (int i = 0; i < 100; i++) { // through reflection and through method handles
        Object got =
            value(call(s, () -> List.of(text, n, big, bytes.length, list, map, new Pair(text, n))));
        assertThat(got).isEqualTo(List.of(text, n, big, 3, list, map, new Pair(text, n)));
      }
      assertThat(value(call(s, () -> null))).isNull();
      assertThat((int[]) value(call(s, () -> new int[] {1, -1}))).containsExactly(1, -1);
    }
  }

  /** Throws what is no exception while it is read. */
  static final class Unreadable implements java.io.Serializable {
    private static final long serialVersionUID = 1;
    private final boolean deep;

    Unreadable(boolean deep) {
      this.deep = deep;
    }

    private void readObject(java.io.ObjectInputStream in) throws Exception {
      in.defaultReadObject();
      throw deep ? new StackOverflowError("deep") : new AssertionError("not here");
    }
  }

  @Test
  void aSlotGoesOnAfterAValueThatThrowsAnErrorWhileItIsRead() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      for (boolean deep : new boolean[] {false, true}) {
        Unreadable bad = new Unreadable(deep);
        String after = "after";
        assertThat(call(s, () -> List.of(bad, after)))
            .isInstanceOfSatisfying(
                Reply.Failed.class, f -> assertThat(f.kind()).isEqualTo(Kind.CALL_NOT_READABLE));
        assertThat(value(call(s, () -> after))).isEqualTo(after);
        assertThat(call(s, () -> new Unreadable(deep))).isInstanceOf(Reply.Unreadable.class);
        assertThat(value(call(s, () -> after))).isEqualTo(after);
      }
    }
  }

  @Test
  void eightMegabytesGoThereAndBackAndTheSlotGoesOn() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      byte[] data = new byte[8 << 20];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) (i * 31);
      }
      for (int i = 0; i < 2; i++) {
        assertThat((byte[]) value(call(s, () -> data))).isEqualTo(data);
        assertThat(value(call(s, () -> data.length))).isEqualTo(data.length);
      }
      assertThat(value(call(s, () -> 1))).isEqualTo(1);
    }
  }

  @Test
  void remoteExceptionsArriveAsTheyAreOrFaithfullyDescribed() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Reply.Failed own =
          (Reply.Failed)
              call(
                  s,
                  () -> {
                    throw new OwnException("no luck", 42);
                  });
      assertThat(own.kind()).isEqualTo(Kind.THROWN);
      assertThat(own.failure())
          .isInstanceOf(OwnException.class)
          .hasMessage("no luck")
          .cause()
          .hasMessage("beneath");
      assertThat(((OwnException) own.failure()).code).isEqualTo(42);
      assertThat(own.remoteTrace()).contains("CallTest", "beneath");

      Reply.Failed other =
          (Reply.Failed)
              call(
                  s,
                  () -> {
                    throw new UnsendableException();
                  });
      assertThat(other.failure())
          .isInstanceOf(RemoteThrowable.class)
          .hasMessage("has an object inside");
      assertThat(((RemoteThrowable) other.failure()).remoteClass())
          .isEqualTo(UnsendableException.class.getName());
      assertThat(other.failure().getStackTrace()[0].getClassName()).contains("CallTest");
      assertThat(value(call(s, () -> 5))).isEqualTo(5);
    }
  }

  @Test
  void aResultThatCannotBeSentIsNamed() throws Exception {
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false));
        SlotConnection s = r.slot("c", 1)) {
      Reply.Failed f = (Reply.Failed) call(s, () -> new ArrayList<>(List.of("fine", new Object())));
      assertThat(f.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE);
      assertThat(f.failure()).hasMessageContaining("[1]").hasMessageContaining("java.lang.Object");
      assertThat(value(call(s, () -> 5))).isEqualTo(5);
    }
  }

  @Test
  void aFunctionOfOneParameterGetsTheApplication() throws Exception {
    RunnerApplication app =
        new RunnerApplication() {
          @Override
          public void start(FlameParent parent) {}

          @Override
          public <T> T lookup(Class<T> type) {
            return type.cast("a bean");
          }
        };
    try (TestRunner r = new TestRunner(TestRunner.parent(4, false), Ticker.system(), app);
        SlotConnection s = r.slot("c", 1)) {
      ContextTask<String> f = c -> c.get(String.class) + " of " + c.parent().orElseThrow().runner();
      assertThat(value(TestRunner.callObject(s, f, ContextTask.class)))
          .isEqualTo("a bean of thumbs-0");
    }
  }
}
