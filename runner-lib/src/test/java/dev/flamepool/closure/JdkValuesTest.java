package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.BodyIn;
import dev.flamepool.wire.Out;
import dev.flamepool.wire.UnreadableException;
import java.io.Serializable;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every class of the JDK's base that is Serializable travels, or is here for a reason. */
class JdkValuesTest {
  private static final ClassLoader APP = JdkValuesTest.class.getClassLoader();

  /** What acts, holds secrets, or makes others of any class when it is read; by package. */
  private static final List<String> NO_VALUES =
      List.of(
          "java.io.ObjectStreamClass",
          "java.io.Serializ", // of permissions
          "java.lang.invoke.",
          "java.lang.reflect.Proxy",
          "java.net.URL", // asks the network for its hash
          "java.security.",
          "javax.crypto.",
          "javax.net.ssl.",
          "javax.security.auth.");

  static { // makes dev.flamepool the application's package
    Policy.own(JdkValuesTest.class.getName());
  }

  private static boolean isValue(Class<?> c) {
    return Modifier.isPublic(c.getModifiers())
        && c.getModule().isExported(c.getPackageName())
        && !c.isInterface()
        && !Modifier.isAbstract(c.getModifiers())
        && Serializable.class.isAssignableFrom(c)
        && !c.getName().endsWith("Permission");
  }

  @Test
  void serializableClassesOfTheJdkTravelOrAreKnownNotTo() throws Exception {
    Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base");
    TreeSet<String> refused = new TreeSet<>();
    int all = 0;
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file :
          (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
        String name = base.relativize(file).toString().replace('/', '.').replaceAll(".class$", "");
        if (!name.startsWith("java")) {
          continue;
        }
        Class<?> c = Class.forName(name, false, APP);
        if (isValue(c)) {
          all++;
          if (!Policy.RESULTS.accepts(c) && NO_VALUES.stream().noneMatch(name::startsWith)) {
            refused.add(name);
          }
        }
      }
    }
    assertThat(refused).isEmpty();
    assertThat(all).isGreaterThan(200);
  }

  /** One identity each, wherever they stand. */
  @Test
  void whatIsMadeOfItsPartsStaysOne() throws Exception {
    Object stats = new java.util.IntSummaryStatistics();
    List<Object> all = Arrays.asList(stats, new Graphs.Box(stats, StandardCharsets.UTF_8));
    List<?> back = (List<?>) Closures.replies(APP).value(BodyIn.of(Results.encode(all)));
    Graphs.Box box = (Graphs.Box) back.get(1);
    assertThat(box.first).isSameAs(back.get(0));
    assertThat(box.second).isSameAs(StandardCharsets.UTF_8);
  }

  private static Body parts(String name, Object... parts) throws Exception {
    Out out = new Out(16);
    out.u1(0);
    out.u1(Tag.SUBSTITUTE);
    out.u1(Substitute.Kind.PARTS.code);
    out.u1(Tag.ARRAY_LIST);
    out.vint(2);
    out.u1(Tag.STRING);
    out.exactString(name);
    out.u1(Tag.ARRAY_LIST);
    out.vint(parts.length);
    for (Object part : parts) {
      out.u1(Tag.STRING);
      out.exactString(part.toString());
    }
    return new Body(List.of(), out);
  }

  @Test
  void partsOfNothingEndInATypedError() throws Exception {
    List<Body> bodies =
        List.of(
            parts("java.lang.Thread"),
            parts("java.nio.charset.Charset"),
            parts("java.nio.charset.Charset", "no such one"),
            parts("java.nio.charset.Charset", "x".repeat(1_000_000)),
            parts("java.lang.Runtime$Version", "1." + "0.".repeat(100_000) + "1"),
            parts("java.nio.file.attribute.FileTime", "x"),
            parts("java.util.HexFormat", "a", "b", "c", "d"),
            parts("java.net.Proxy", "a", "b"));
    for (Body body : bodies) {
      assertThatThrownBy(() -> Closures.replies(APP).value(BodyIn.of(body)))
          .isInstanceOf(UnreadableException.class);
    }
  }
}
