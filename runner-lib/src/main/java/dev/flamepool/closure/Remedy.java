package dev.flamepool.closure;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** What to write instead of a value that does not travel, for its class. */
final class Remedy {
  static final String DEPTH =
      "it is nested more than "
          + Policy.MAX_DEPTH
          + " objects deep: keep linked things in a list, or send the ids of what it refers to";

  static final String CYCLE =
      "it holds itself, through a collection or an array, so it cannot be made again: make one of"
          + " them refer to the other by an id";

  /** The first type that fits counts. */
  private static final Map<String, String> BY_TYPE = new LinkedHashMap<>();

  static {
    BY_TYPE.put("java.nio.file.Path", "send path.toString(), and there Path.of(text)");
    BY_TYPE.put("java.util.stream.BaseStream", "collect it first: stream.toList()");
    BY_TYPE.put("java.util.Iterator", "send the collection it goes through");
    BY_TYPE.put("java.util.concurrent.Future", "send its value: future.get()");
    BY_TYPE.put("java.net.URL", "send url.toString(), and there URI.create(text).toURL()");
    BY_TYPE.put("java.nio.charset.Charset", "send charset.name(), and there Charset.forName(name)");
    BY_TYPE.put(
        "java.time.format.DateTimeFormatter", "keep it in a static field, or send its pattern");
    BY_TYPE.put("java.time.zone.ZoneRules", "send the ZoneId");
    BY_TYPE.put("java.nio.Buffer", "send an array of what it holds");
    BY_TYPE.put("java.lang.Thread", "threads stay where they are: start one there");
    BY_TYPE.put("java.lang.ThreadLocal", "send its value: local.get()");
    BY_TYPE.put(
        "java.util.concurrent.Executor",
        "make one there, or get the application's: ctx.get(Executor.class)");
    BY_TYPE.put("java.io.InputStream", "send the bytes: in.readAllBytes(), or open it there");
    BY_TYPE.put("java.io.OutputStream", "return the bytes, or open it there");
    BY_TYPE.put("java.io.Reader", "send the text, or open it there");
    BY_TYPE.put("java.io.Writer", "return the text, or open it there");
    BY_TYPE.put("java.sql.Connection", "get one there: ctx.get(DataSource.class).getConnection()");
    BY_TYPE.put("javax.sql.DataSource", "get it there: ctx.get(DataSource.class)");
    BY_TYPE.put("java.lang.reflect.AnnotatedElement", "send its name, and look it up there");
    BY_TYPE.put("java.util.regex.MatchResult", "send the groups that you need, as strings");
    BY_TYPE.put("kotlin.ranges.ClosedRange", "send first and last, or range.toList()");
    BY_TYPE.put("kotlin.sequences.Sequence", "collect it first: sequence.toList()");
  }

  private Remedy() {}

  /** What to do about an object of that class. */
  static String of(Class<?> c, String path) {
    for (Map.Entry<String, String> e : BY_TYPE.entrySet()) {
      if (isA(c, e.getKey())) {
        return e.getValue();
      }
    }
    if (Policy.isStandard(c)) {
      return "take out what you need of it, as a String, a number or a record"
          + (path.contains(".") ? ", or mark the field that holds it transient" : "");
    }
    if (c.isAnonymousClass() || c.isLocalClass()) {
      return "use a lambda, or a static nested class that implements java.io.Serializable";
    }
    return own(c, path);
  }

  /** What to do about an object of a class that may be sent, but not there: who has to name it. */
  static String refused(Class<?> c, String path) {
    Class<?> element = c;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    if (Standing.of(element).kind() == Standing.Kind.OTHER) {
      return "it is of no package of this application; " + allow(element);
    }
    String instead = of(element, path);
    return Serializable.class.isAssignableFrom(element) && Standing.needed(element) != null
        ? instead + ", or " + allow(element)
        : instead;
  }

  /** The line to write. */
  private static String allow(Class<?> c) {
    Standing standing = Standing.of(c);
    String name = standing.isGadget() ? standing.outer() : c.getPackageName();
    return "let it travel with @FlameAllow(\""
        + name
        + "\") on the class that makes the call, Flame.builder().allow(\""
        + name
        + "\") or FLAME_ALLOW="
        + name
        + (standing.kind() == Standing.Kind.JDK ? " at both ends" : "");
  }

  private static String own(Class<?> c, String path) {
    String there = "get it on the runner with ctx.get(" + c.getSimpleName() + ".class)";
    if (!Policy.isOwn(c.getName())) {
      return "copy what you need out of it into a record, or " + there;
    }
    return "make "
        + c.getSimpleName()
        + " implement java.io.Serializable or a record, copy what you need out of it into a local variable, "
        + (path.contains(".") ? "mark the field transient, or " : "or ")
        + there;
  }

  private static boolean isA(Class<?> c, String name) {
    for (Class<?> k = c; k != null; k = k.getSuperclass()) {
      if (k.getName().equals(name)) {
        return true;
      }
      for (Class<?> i : k.getInterfaces()) {
        if (isA(i, name)) {
          return true;
        }
      }
    }
    return false;
  }
}
