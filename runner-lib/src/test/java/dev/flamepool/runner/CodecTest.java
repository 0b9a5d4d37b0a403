package dev.flamepool.runner;

import static dev.flamepool.runner.TestRunner.call;
import static dev.flamepool.runner.TestRunner.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.flamepool.Flame;
import dev.flamepool.ValueCodec;
import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.CaptureException;
import dev.flamepool.closure.Closures;
import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Reply.Failed.Kind;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Wait;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that go as the application's own codecs write them. */
@Timeout(60)
class CodecTest {
  private final TestRunner runner = new TestRunner(TestRunner.parent(4, false));

  /** An object for JSON, as many applications have them: no Serializable anywhere. */
  static final class Dto {
    public String name = "";
    public Map<String, Integer> counts = new HashMap<>();

    static Dto of(String name) {
      Dto dto = new Dto();
      dto.name = name;
      dto.counts.put(name, 1);
      return dto;
    }
  }

  record Holds(String text, Dto dto) {}

  /** Public, as the service loader wants it. */
  public static final class Json implements ValueCodec<Object> {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Override
    public String name() {
      return "json";
    }

    @Override
    public boolean handles(Class<?> type) {
      return type == Dto.class;
    }

    @Override
    public void write(Object value, OutputStream out) throws IOException {
      MAPPER.writeValue(out, value);
    }

    @Override
    public Object read(Class<?> type, InputStream in) throws IOException {
      return MAPPER.readValue(in, type);
    }
  }

  /** Each is a list of the next one, twice: to hash the first one takes 2 to the depth steps. */
  static final class Twins extends AbstractList<Object> {
    private final int depth;
    private final @Nullable Twins inside;

    Twins(int depth) {
      this.depth = depth;
      this.inside = depth == 0 ? null : new Twins(depth - 1);
    }

    @Override
    public Object get(int index) {
      return Objects.requireNonNull(inside);
    }

    @Override
    public int size() {
      return inside == null ? 0 : 2;
    }

    /** Here only: what counts them cannot know. */
    @Override
    public int hashCode() {
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }

  static final class TwinsCodec implements ValueCodec<Twins> {
    @Override
    public boolean handles(Class<?> type) {
      return type == Twins.class;
    }

    @Override
    public void write(Twins value, OutputStream out) throws IOException {
      out.write(value.depth);
    }

    @Override
    public Twins read(Class<? extends Twins> type, InputStream in) throws IOException {
      return new Twins(in.read());
    }
  }

  static final class Messages implements ValueCodec<MessageLite> {
    @Override
    public boolean handles(Class<?> type) {
      return MessageLite.class.isAssignableFrom(type);
    }

    @Override
    public void write(MessageLite value, OutputStream out) throws IOException {
      value.writeTo(out);
    }

    @Override
    public MessageLite read(Class<? extends MessageLite> type, InputStream in) throws Exception {
      return (MessageLite) type.getMethod("parseFrom", InputStream.class).invoke(null, in);
    }
  }

  /** What a codec may do wrong, by the value's own word. */
  enum Fault {
    WRITE_THROWS,
    WRITE_ERROR,
    READ_THROWS,
    READ_ERROR,
    READ_LESS,
    READ_MORE,
    READ_NULL,
    READ_OTHER,
    WRITE_BLOCKS
  }

  static final class Faulty {
    final Fault fault;

    Faulty(Fault fault) {
      this.fault = fault;
    }
  }

  @SuppressWarnings("EnumOrdinal")
  static final class FaultyCodec implements ValueCodec<Faulty> {
    @Override
    public boolean handles(Class<?> type) {
      return type == Faulty.class;
    }

    @Override
    public void write(Faulty value, OutputStream out) throws Exception {
      switch (value.fault) {
        case WRITE_THROWS -> throw new IOException("the disk is full");
        case WRITE_ERROR -> throw new AssertionError("the disk is full");
        case WRITE_BLOCKS -> new CountDownLatch(1).await();
        default -> out.write(value.fault.ordinal());
      }
      out.write(new byte[100_000]);
    }

    @Override
    public Faulty read(Class<? extends Faulty> type, InputStream in) throws Exception {
      Fault fault = Fault.values()[in.read()];
      if (fault == Fault.READ_LESS) {
        return new Faulty(fault);
      }
      in.readAllBytes();
      return switch (fault) {
        case READ_THROWS -> throw new IOException("no such thing");
        case READ_ERROR -> throw new AssertionError("no such thing");
        case READ_MORE -> new Faulty(Fault.values()[in.read()]);
        case READ_NULL -> null;
        case READ_OTHER -> (Faulty) other();
        default -> new Faulty(fault);
      };
    }

    private static Object other() {
      return "text";
    }
  }

  @BeforeAll
  static void register() {
    Flame.builder()
        .codec(new Json())
        .codec(new Messages())
        .codec(new TwinsCodec())
        .codec(new FaultyCodec())
        .inProcess()
        .close();
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private SlotConnection slot() throws IOException {
    return runner.slot("c", 1, Allowed.said().names());
  }

  @Test
  void valuesOfACodecTravelBothWaysAndInsideOthers() throws Exception {
    SlotConnection slot = slot();
    Dto dto = Dto.of("a");
    Holds holds = new Holds("x", Dto.of("b"));
    Map<String, Object> map = new TreeMap<>(Map.of("k", List.of(Dto.of("c"), holds)));
    assertThat(value(call(slot, () -> dto.name + holds.dto().name + map.size()))).isEqualTo("ab1");
    assertThat(value(call(slot, () -> List.of(Dto.of("d"), new Holds("y", Dto.of("e"))))))
        .usingRecursiveComparison()
        .isEqualTo(List.of(Dto.of("d"), new Holds("y", Dto.of("e"))));
    assertThat(value(call(slot, () -> map))).usingRecursiveComparison().isEqualTo(map);
    List<Object> twice = new ArrayList<>(List.of(dto, dto, new Dto[] {dto}));
    assertThat(
            value(
                call(slot, () -> twice.get(0) == twice.get(1) && ((Dto[]) twice.get(2))[0] == dto)))
        .as("one object stays one")
        .isEqualTo(true);
  }

  /** By Java serialization, with values of a codec in its fields. */
  static final class Box implements Serializable {
    final Object first;
    final Object second;

    Box(Object first, Object second) {
      this.first = first;
      this.second = second;
    }
  }

  @Test
  void oneObjectStaysOneAndEqualOnesStayTwo() throws Exception {
    SlotConnection slot = slot();
    Dto dto = Dto.of("a");
    Dto other = Dto.of("a");
    Box box = new Box(dto, new Box(dto, other));
    Map<Object, Integer> byIdentity = new HashMap<>(Map.of(dto, 1, other, 2));
    Task<List<Boolean>> asked =
        () ->
            List.of(
                box.first == dto,
                ((Box) box.second).first == dto,
                ((Box) box.second).second == other,
                dto != other,
                byIdentity.get(dto) == 1 && byIdentity.get(other) == 2);
    assertThat(value(call(slot, asked))).isEqualTo(Collections.nCopies(5, true));
    try (Flame flame = Flame.inProcess()) {
      assertThat(flame.pool("p").call(() -> asked.call())).isEqualTo(Collections.nCopies(5, true));
    }
    Box back = (Box) value(call(slot, () -> box));
    assertThat(back.first).isSameAs(((Box) back.second).first);
    assertThat(back.first).isNotSameAs(((Box) back.second).second);
    List<?> both = (List<?>) value(call(slot, () -> List.of(dto, new Box(other, dto))));
    assertThat(((Box) both.get(1)).second).isSameAs(both.get(0));
  }

  @Test
  void whatTheyCostToHashIsCountedAsOfAnyOther() throws Exception {
    SlotConnection slot = slot();
    Set<Object> byHand = new HashSet<>(Set.of(new Twins(60)));
    Map<Object, Object> byJava = new ConcurrentHashMap<>(Map.of(new Twins(60), 1));
    for (Object keys : List.of(byHand, byJava)) {
      Reply.Failed call = (Reply.Failed) call(slot, () -> keys.toString().length());
      assertThat(call.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
      assertThat(call.failure()).hasMessageContaining("steps to hash");
      boolean hand = keys == byHand;
      Reply reply = call(slot, () -> keyed(hand));
      assertThat(((Reply.Unreadable) reply).cause()).hasMessageContaining("steps to hash");
    }
    Twins few = new Twins(10);
    Set<Object> set = new HashSet<>(Set.of(few));
    assertThat(value(call(slot, () -> set.contains(few)))).isEqualTo(true);
  }

  private static Object keyed(boolean byHand) {
    return byHand
        ? new HashSet<>(Set.of(new Twins(60)))
        : new ConcurrentHashMap<>(Map.of(new Twins(60), 1));
  }

  /** An application of which each runner is a copy. */
  static final class Application {
    private Application() {}

    public static void main(String[] args) {
      if (Flame.builder().codec(new Json()).serveIfRunner(() -> {})) {
        return;
      }
      System.exit(3);
    }
  }

  @Test
  void aRunnersProcessHasTheCodecsOfItsBuilder(@TempDir Path folder) throws Exception {
    try (ChildRunner child =
        new ChildRunner(folder, 1_000, "main=" + Application.class.getName())) {
      travels(child);
    }
  }

  @Test
  void aRunnersProcessHasTheCodecsOfItsServiceFile(@TempDir Path folder) throws Exception {
    Path services = Files.createDirectories(folder.resolve("services/META-INF/services"));
    Files.writeString(services.resolve(ValueCodec.class.getName()), Json.class.getName());
    try (ChildRunner child = new ChildRunner(folder, 1_000)) {
      travels(child);
    }
  }

  /** Of its codec both ways; what it has no codec for is not sent. */
  private static void travels(ChildRunner child) throws Exception {
    Hello hello = new Hello(Role.CALLER, "c", "default/thumbs", "", Allowed.said().names());
    try (SlotConnection early = child.slot(0, hello)) {
      assertThat(value(call(early, () -> 1))).as("its application is there").isEqualTo(1);
    }
    try (SlotConnection slot = child.slot(1, hello)) {
      Dto dto = Dto.of("a");
      long pid =
          (Long) value(call(slot, () -> dto.name.equals("a") ? ProcessHandle.current().pid() : 0));
      assertThat(pid).isEqualTo(child.process().pid());
      List<Object> twice = new ArrayList<>(List.of(dto, new Holds("x", dto)));
      List<?> back = (List<?>) value(call(slot, () -> twice));
      assertThat(back).usingRecursiveComparison().isEqualTo(twice);
      assertThat(((Holds) back.get(1)).dto()).isSameAs(back.get(0));
      Timestamp time = Timestamp.getDefaultInstance();
      Reply.Failed vain = (Reply.Failed) call(slot, () -> time.getSeconds());
      assertThat(vain.failure())
          .hasMessageContainingAll("codec " + Messages.class.getName(), "serveIfRunner");
      Reply.Failed result = (Reply.Failed) call(slot, () -> Timestamp.getDefaultInstance());
      assertThat(result.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE);
      assertThat(value(call(slot, () -> "on"))).isEqualTo("on");
    }
  }

  @Test
  void aNameThatContinuesAnothersIsItsOwn() throws Exception {
    SlotConnection slot = slot(); // its runner said that it has json, and not json.next
    Flame.builder().codec(new NextCodec()).inProcess().close();
    Next next = new Next();
    Reply.Failed vain = (Reply.Failed) call(slot, () -> next.hashCode());
    assertThat(vain.failure()).hasMessageContaining("(codec json.next)");
  }

  static final class Next {}

  static final class NextCodec implements ValueCodec<Next> {
    @Override
    public String name() {
      return "json.next";
    }

    @Override
    public boolean handles(Class<?> type) {
      return type == Next.class;
    }

    @Override
    public void write(Next value, OutputStream out) {}

    @Override
    public Next read(Class<? extends Next> type, InputStream in) {
      return new Next();
    }
  }

  @Test
  void protobufMessagesGoAsTheyAre() throws Exception {
    SlotConnection slot = slot();
    Timestamp time = Timestamp.newBuilder().setSeconds(5).build();
    assertThat(value(call(slot, () -> time))).isEqualTo(time);
    Value text = Value.newBuilder().setStringValue("v").build();
    Object back = value(call(slot, () -> Struct.newBuilder().putFields("k", text).build()));
    assertThat(back).isEqualTo(Struct.newBuilder().putFields("k", text).build());
  }

  @Test
  void whateverACodecDoesTheSlotGoesOn() throws Exception {
    SlotConnection slot = slot();
    for (Fault fault : List.of(Fault.WRITE_THROWS, Fault.WRITE_ERROR)) {
      List<Object> list = new ArrayList<>(List.of(1, new Faulty(fault)));
      CaptureException e =
          catchThrowableOfType(CaptureException.class, () -> call(slot, () -> list.size()));
      assertThat(e).as(fault.name()).hasMessageContaining("its codec").hasMessageContaining("full");
      assertThat(e.path()).isEqualTo("[1]");
      assertThat(e.type()).isEqualTo(Faulty.class.getName());
      failed(slot, fault, Kind.RESULT_NOT_SERIALIZABLE, "at [0]", "its codec", "the disk is full");
    }
    for (Fault fault :
        List.of(
            Fault.READ_THROWS,
            Fault.READ_ERROR,
            Fault.READ_LESS,
            Fault.READ_MORE,
            Fault.READ_NULL,
            Fault.READ_OTHER)) {
      Faulty faulty = new Faulty(fault);
      Reply.Failed unread = (Reply.Failed) call(slot, () -> faulty.fault);
      assertThat(unread.kind()).as(fault.name()).isEqualTo(Kind.CALL_NOT_READABLE);
      assertThat(unread.failure()).hasMessageContaining("codec " + FaultyCodec.class.getName());
      Reply unreadable = call(slot, () -> List.of(new Faulty(fault)));
      assertThat(unreadable).as(fault.name()).isInstanceOf(Reply.Unreadable.class);
      assertThat(((Reply.Unreadable) unreadable).cause()).hasMessageContaining("codec ");
      assertThat(value(call(slot, () -> "on"))).isEqualTo("on");
    }
  }

  private static void failed(SlotConnection slot, Fault fault, Kind kind, String... words) {
    Reply.Failed failed = (Reply.Failed) call(slot, () -> List.of(new Faulty(fault)));
    assertThat(failed.kind()).as(fault.name()).isEqualTo(kind);
    assertThat(failed.failure()).hasMessageContainingAll(words);
    assertThat(value(call(slot, () -> "on"))).isEqualTo("on");
  }

  @Test
  void aCodecThatBlocksIsInterruptedAtTheDeadline() throws Exception {
    SlotConnection slot = slot();
    Reply reply =
        call(
            slot,
            () -> new Faulty(Fault.WRITE_BLOCKS),
            new CallOptions(200, true, Map.of()),
            Wait.FOREVER);
    assertThat(((Reply.Failed) reply).kind()).isEqualTo(Kind.TIMED_OUT);
    assertThat(value(call(slot, () -> "on"))).isEqualTo("on");
  }

  @Test
  void whatTheOtherEndHasNoCodecForIsNotSent() throws Exception {
    SlotConnection slot = runner.slot("c", 1); // its caller has none
    Reply.Failed failed = (Reply.Failed) call(slot, () -> List.of(1, Dto.of("a")));
    assertThat(failed.kind()).isEqualTo(Kind.RESULT_NOT_SERIALIZABLE);
    assertThat(failed.failure())
        .hasMessageContainingAll(
            "(at [1])", Dto.class.getName(), "codec json", "Flame.builder().codec(...)");

    ValueCodec<Later> later = new LaterCodec();
    Flame.builder().codec(later).inProcess().close();
    Later value = new Later();
    Reply.Failed vain = (Reply.Failed) call(slot, () -> value.hashCode()); // connected before that
    assertThat(vain.kind()).isEqualTo(Kind.CALL_NOT_READABLE);
    assertThat(vain.failure())
        .hasMessageContainingAll("codec later", "serveIfRunner", "META-INF/services");
    SlotConnection next = runner.slot("c", 2, Allowed.said().names());
    assertThat(value(call(next, () -> value))).isInstanceOf(Later.class);
  }

  static final class Later {}

  static final class LaterCodec implements ValueCodec<Later> {
    @Override
    public String name() {
      return "later";
    }

    @Override
    public boolean handles(Class<?> type) {
      return type == Later.class;
    }

    @Override
    public void write(Later value, OutputStream out) {}

    @Override
    public Later read(Class<? extends Later> type, InputStream in) {
      return new Later();
    }
  }

  @Test
  void namesAreOneForEachCodec() {
    class Other implements ValueCodec<String> {
      private final String name;

      Other(String name) {
        this.name = name;
      }

      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean handles(Class<?> type) {
        return false;
      }

      @Override
      public void write(String value, OutputStream out) {}

      @Override
      public String read(Class<? extends String> type, InputStream in) {
        return "";
      }
    }
    assertThatThrownBy(() -> Flame.builder().codec(new Other("json")).inProcess())
        .hasMessageContainingAll("two codecs are named json", Json.class.getName());
    assertThatThrownBy(() -> Flame.builder().codec(new Other("a b")).inProcess())
        .hasMessageContaining("is 'a b'");
  }

  @Test
  void aSmallCallWithoutValuesOfCodecsIsAsBefore() {
    int n = 3;
    Task<Integer> task = () -> n;
    assertThat(Closures.encode(task, Task.class, false).body().needs()).isEmpty();
  }
}
