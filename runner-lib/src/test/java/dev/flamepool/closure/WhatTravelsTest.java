package dev.flamepool.closure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flamepool.wire.Reply;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Sends everything that the page of it names, and compares the page with what happened. */
class WhatTravelsTest {
  private static final Path PAGE = Path.of("../docs/what-travels.md");
  private static final ClassLoader APP = WhatTravelsTest.class.getClassLoader();

  interface Task<T> extends Serializable {
    T call() throws Exception;
  }

  private static @Nullable Object both(String name, @Nullable Object value) {
    Task<?> task = () -> value;
    Reply reply = Closures.runHere(Closures.encode(task, Task.class, false), APP, null);
    assertThat(reply).as(name).isInstanceOf(Reply.Result.class);
    return ((Reply.Result) reply).value();
  }

  private static CaptureException refused(String name, Object value) {
    Task<?> task = () -> value;
    CaptureException e =
        catchThrowableOfType(
            CaptureException.class, () -> Closures.encode(task, Task.class, false));
    assertThat(e).as(name).isNotNull();
    return e;
  }

  private static String asResult(String name, Object value) {
    IllegalArgumentException e =
        catchThrowableOfType(IllegalArgumentException.class, () -> Results.encode(value));
    assertThat(e).as(name).isNotNull();
    return String.valueOf(e.getMessage());
  }

  /** How the values of one kind arrive: expressions by class, the same class first. */
  private static Map<String, List<String>> arrivals(Map<String, @Nullable Object> values) {
    Map<String, List<String>> arrivals = new LinkedHashMap<>();
    arrivals.put("as it is", new ArrayList<>());
    values.forEach(
        (expression, value) -> {
          Object back = both(expression, value);
          boolean same = back == null || value == null || back.getClass() == value.getClass();
          String as = same ? "as it is" : "as `" + nameOf(back.getClass()) + "`";
          arrivals.computeIfAbsent(as, x -> new ArrayList<>()).add("`" + expression + "`");
          if (value != null && value.toString().contains("Statistics{")) {
            assertThat(back).as(expression).hasToString(value.toString());
          } else if (value != null && !Opaque.is(value)) {
            assertThat(back).as(expression).usingRecursiveComparison().isEqualTo(value);
          }
        });
    return arrivals;
  }

  private static String nameOf(Class<?> c) {
    return c.getName().startsWith("java.util.ImmutableCollections$List")
        ? "List.of"
        : c.getSimpleName();
  }

  private static String travels() throws Exception {
    StringBuilder table = new StringBuilder("| kind | values | arrive |\n|---|---|---|\n");
    for (Map.Entry<String, Map<String, @Nullable Object>> kind : Travellers.all().entrySet()) {
      arrivals(kind.getValue())
          .forEach(
              (as, values) -> {
                if (!values.isEmpty()) {
                  String all = String.join(", ", values);
                  table.append("| %s | %s | %s |\n".formatted(kind.getKey(), all, as));
                }
              });
    }
    return table.toString();
  }

  private static String remedies() throws Exception {
    StringBuilder table =
        new StringBuilder("| what | instead of capturing it | instead of returning it |\n");
    table.append("|---|---|---|\n");
    for (Map.Entry<String, Object> each : Refused.all().entrySet()) {
      CaptureException e = refused(each.getKey(), each.getValue());
      assertThat(e.path()).as(each.getKey()).isEmpty();
      String said = asResult(each.getKey(), each.getValue());
      String result = said.substring(said.indexOf("which cannot be sent: ") + 22);
      assertThat(result).as(each.getKey()).doesNotContain("ctx.get");
      String second = result.equals(e.remedy()) ? "the same" : result;
      table.append(
          "| %s | %s | %s |\n".formatted(each.getKey(), linked(e.remedy()), linked(second)));
    }
    return table.toString();
  }

  private static String linked(String remedy) {
    return remedy.replaceAll(
        "let it travel with @FlameAllow\\(\"(.*?)\"\\).*", "[allow](#what-you-allow) `$1`");
  }

  private static String page() throws Exception {
    String template = Files.readString(Path.of("src/test/resources/what-travels.md"));
    return template
        .replace("{travels}\n", travels())
        .replace("{remedies}\n", remedies())
        .replace("{jdk}", names(Standing.JDK_PACKAGES))
        .replace("{classes}", names(Standing.JDK_CLASSES))
        .replace("{languages}", names(Languages.PACKAGES) + "; " + names(Languages.CLASSES))
        .replace("{inline}", names(Languages.INLINE))
        .replace("{gadgets}", names(Gadgets.PREFIXES))
        .replace("{depth}", String.valueOf(Policy.MAX_DEPTH));
  }

  private static String names(java.util.Collection<String> names) {
    return String.join(
        ", ",
        names.stream()
            .filter(name -> !name.startsWith("sun.") || names == Gadgets.PREFIXES)
            .filter(name -> !name.contains("$"))
            .sorted()
            .map(name -> "`" + name + "`")
            .toList());
  }

  @Test
  void thePageSaysWhatHappens() throws Exception {
    String page = page();
    if (Boolean.getBoolean("page.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as(
            "write it anew with: mvn -pl runner-lib -am test -Dtest=WhatTravelsTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dpage.write")
        .content()
        .isEqualTo(page);
  }

  @Test
  void whatIsRefusedInsideOthersIsNamedWithItsPlace() {
    Map<String, String> places = new TreeMap<>();
    Map<String, String> expected = new TreeMap<>();
    Refused.nested()
        .forEach(
            (path, value) -> {
              CaptureException e = refused(path, value);
              assertThat(e.type()).as(path).isEqualTo("java.lang.Thread");
              assertThat(asResult(path, value)).contains("(at " + path + ") is a java.lang.Thread");
              places.put(path, e.path());
              expected.put(path, path);
            });
    assertThat(places).isEqualTo(expected);
  }

  private final transient Thread thread = new Thread(() -> {});

  /** Whoever wrote the lambda did not write this. */
  @Test
  void aLambdaThatCapturesThisIsToldSo() {
    Task<?> task = () -> thread;
    CaptureException e =
        catchThrowableOfType(
            CaptureException.class, () -> Closures.encode(task, Task.class, false));
    assertThat(e).hasMessageContaining("uses this").hasMessageContaining("local variable first");
  }

  class Inner implements Serializable {
    private static final long serialVersionUID = 1;
    final int x = thread == null ? 0 : 1;
  }

  @Test
  void anInnerObjectIsToldOfTheOneAroundIt() {
    CaptureException e = refused("inner", new Inner());
    assertThat(e.path()).isEqualTo(".this$0");
    assertThat(e).hasMessageContaining("make that a static nested class");
    Task<?> anonymous =
        new Task<>() {
          private static final long serialVersionUID = 1;

          @Override
          public Object call() {
            return thread;
          }
        };
    CaptureException f =
        catchThrowableOfType(
            CaptureException.class, () -> Closures.encode(anonymous, Task.class, false));
    assertThat(f).hasMessageContaining("use a lambda");
  }

  static class Service {}

  @SuppressWarnings("checkstyle:TypeName") // as Spring names its proxies
  static class Service$$SpringCGLIB$$0 extends Service {}

  @Test
  void aProxyIsToldWhatLiesBehindIt() {
    assertThat(refused("proxy", new Service$$SpringCGLIB$$0()).remedy())
        .contains("made at run time", "ctx.get(Service.class)");
  }

  /** What does not know equals, and is not looked into. */
  private static final class Opaque {
    static boolean is(Object value) {
      return value instanceof java.util.concurrent.locks.Lock
          || value instanceof java.util.concurrent.Semaphore
          || value instanceof java.time.Clock
          || value instanceof Throwable
          || value instanceof java.util.Comparator
          || value instanceof Class;
    }
  }
}
