package dev.flamepool.closure;

import java.io.Serializable;
import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;

/** What to write instead of a value that does not travel, for its class. */
final class Remedy {
  static final String DEPTH =
      "it is nested more than "
          + Policy.MAX_DEPTH
          + " objects deep: keep linked things in a list, or send the ids of what it refers to";

  static final String CYCLE =
      "it holds itself, through a collection or an array, so it cannot be made again: make one of"
          + " them refer to the other by an id";

  static final String CLASS =
      "what is of it does not travel, so the class does not either: send its name,"
          + " type.getName(), and there Class.forName(name)";

  static final String ORDER =
      "return it in a plain list, new ArrayList<>(sorted), or order it by a class of the application"
          + " that implements java.util.Comparator and java.io.Serializable";

  /** What in a path is no field. */
  private static final Pattern CALLED = Pattern.compile("\\.\\w+\\([^)]*\\)");

  /** The field by which an inner object knows the one around it. */
  private static final String OUTER = ".this$";

  /** In the names of classes that a library makes at run time: of proxies. */
  private static final String[] MADE = {
    "$$SpringCGLIB$$",
    "$$EnhancerBy",
    "$$FastClassBy",
    "$HibernateProxy$",
    "$ByteBuddy$",
    "_$$_jvst"
  };

  private Remedy() {}

  /**
   * What to do about an object that cannot be serialized.
   *
   * @param path of the fields and elements that lead to it
   * @param result whether a call returned it, or captured it
   */
  static String of(Class<?> c, String path, boolean result) {
    boolean held = CALLED.matcher(path).replaceAll("").contains(".");
    String inField = held ? ", or mark the field that holds it transient" : "";
    Advice known = Advice.on(c);
    if (known != null) {
      return (result ? known.result() : known.capture()) + inField;
    }
    if (c == Object.class) {
      return "it is no value: leave it out" + inField;
    }
    if (isMade(c)) {
      return "it is a proxy that was made at run time: "
          + (result
              ? "return a record of what lies behind it"
              : "take the object behind it, or get it on the runner with ctx.get("
                  + c.getSuperclass().getSimpleName()
                  + ".class)");
    }
    if (Policy.isStandard(c)) {
      return "take out what you need of it, as a String, a number or a record" + inField;
    }
    if (Map.class.isAssignableFrom(c)) {
      return "send a plain copy of it: new LinkedHashMap<>(map)";
    }
    if (Collection.class.isAssignableFrom(c)) {
      return "send a plain copy of it: new ArrayList<>(list)";
    }
    if (path.contains(OUTER) && path.indexOf('.', path.lastIndexOf(OUTER) + 1) < 0) {
      return "the object inside it is of a class that is not static, so it goes along: make that a"
          + " static nested class, or use a lambda";
    }
    if (c.isAnonymousClass() || c.isLocalClass()) {
      return "use a lambda, or a static nested class that implements java.io.Serializable";
    }
    return result ? returned(c, inField) : captured(c, inField);
  }

  /** What to do about a lambda whose type is not Serializable. */
  static String ofLambda(Class<?> c) {
    Class<?>[] types = c.getInterfaces();
    String type = types.length == 0 ? "" : types[0].getSimpleName();
    boolean generic = types.length > 0 && types[0].getTypeParameters().length > 0;
    return "declare it with a functional interface that extends java.io.Serializable"
        + (type.isEmpty()
            ? ""
            : ", or cast it where it is written: ("
                + type
                + (generic ? "<..>" : "")
                + " & Serializable)");
  }

  /** What to do about {@code this}, captured by a lambda that stands in its class. */
  static String ofThis(Class<?> c) {
    return "the lambda uses this, by a field or a method: copy the field into a local variable"
        + " first, call a static method, or make "
        + c.getSimpleName()
        + " implement java.io.Serializable";
  }

  /** What to do about a dynamic proxy. */
  static String ofProxy(Class<?> c, boolean result) {
    Advice known = Advice.on(c);
    return known == null
        ? "a dynamic proxy has no class there: take what you need out of it"
        : result ? known.result() : known.capture();
  }

  /** What to do about an object of a class that may be sent, but not there: who has to name it. */
  static String refused(Class<?> c, boolean result) {
    if (c.isArray()) {
      return "of each element, " + refused(c.getComponentType(), result);
    }
    if (Standing.of(c).kind() == Standing.Kind.OTHER) {
      Advice known = Policy.isStandard(c) ? Advice.on(c) : null;
      if (known != null) { // of a language: to allow all of its package would be too much
        return result ? known.result() : known.capture();
      }
      return (Policy.isStandard(c) ? "" : "it is of no package of this application; ") + allow(c);
    }
    String instead = of(c, "", result);
    return Serializable.class.isAssignableFrom(c) && Standing.needed(c) != null
        ? instead + "; or " + allow(c)
        : instead;
  }

  /** What to do about a key that is secret. */
  static String ofSecret(Class<?> kind, boolean result) {
    return (result
            ? "use it there, and return what comes of it"
            : "it is secret, so get it there, from where the runner keeps its own")
        + "; or "
        + allow(kind.getName(), " at both ends");
  }

  /** The line to write. */
  private static String allow(Class<?> c) {
    Standing standing = Standing.of(c);
    // a language's package holds much else, and may be no name that can be allowed
    boolean whole = !standing.isGadget() && !Languages.isTheirs(standing.name());
    String name = whole ? c.getPackageName() : standing.outer();
    return allow(name, standing.kind() == Standing.Kind.JDK ? " at both ends" : "");
  }

  private static String allow(String name, String where) {
    return "let it travel with @FlameAllow(\""
        + name
        + "\") on the class that makes the call, Flame.builder().allow(\""
        + name
        + "\") or FLAME_ALLOW="
        + name
        + where;
  }

  private static boolean isMade(Class<?> c) {
    for (String mark : MADE) {
      if (c.getName().contains(mark)) {
        return true;
      }
    }
    return false;
  }

  private static String captured(Class<?> c, String inField) {
    String there = "get it on the runner with ctx.get(" + c.getSimpleName() + ".class)";
    return (Policy.isOwn(c.getName())
            ? "make " + c.getSimpleName() + " implement java.io.Serializable or a record, "
            : "")
        + "copy what you need out of it into a "
        + (Policy.isOwn(c.getName()) ? "local variable" : "record")
        + inField
        + ", or "
        + there;
  }

  private static String returned(Class<?> c, String inField) {
    return (Policy.isOwn(c.getName())
            ? "make " + c.getSimpleName() + " implement java.io.Serializable or a record"
            : "return a record of what you need of it")
        + inField;
  }
}
