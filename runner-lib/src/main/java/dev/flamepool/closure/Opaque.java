package dev.flamepool.closure;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamField;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lies in objects whose fields nobody may look at, the JDK's above all: what they write, and
 * what lambdas captured.
 */
final class Opaque {
  private Opaque() {}

  /** What it holds, each with the end of the path to it, as far as that has a name. */
  static IdentityHashMap<Object, String> inside(Object o) {
    IdentityHashMap<Object, String> parts = new IdentityHashMap<>();
    if (o instanceof SerializedLambda lambda) {
      captured(lambda, parts);
    } else if (o.getClass().isSynthetic() || o.getClass().isHidden()) {
      SerializedLambda lambda = LambdaSite.of(o.getClass()).open(o);
      if (lambda != null) {
        captured(lambda, parts);
      }
    } else if (o instanceof Serializable) {
      written(o, parts);
    }
    return parts;
  }

  private static void captured(SerializedLambda lambda, IdentityHashMap<Object, String> parts) {
    for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
      put(parts, ".captured(" + i + ")", lambda.getCapturedArg(i));
    }
  }

  private static void written(Object o, IdentityHashMap<Object, String> parts) {
    List<Object> all;
    try (Parts stream = new Parts(o)) {
      all = stream.all;
    } catch (IOException | RuntimeException e) {
      return; // it does not write itself, so nobody can tell
    }
    List<String> names = names(o.getClass());
    for (int i = 0; i < all.size(); i++) {
      put(parts, names.size() == all.size() ? "." + names.get(i) : "", all.get(i));
    }
  }

  private static void put(
      IdentityHashMap<Object, String> parts, String path, @Nullable Object part) {
    if (part != null) {
      parts.put(part, path);
    }
  }

  private static List<String> names(Class<?> c) {
    List<String> names = new ArrayList<>();
    ObjectStreamClass type = ObjectStreamClass.lookup(c);
    for (ObjectStreamField f : type == null ? new ObjectStreamField[0] : type.getFields()) {
      if (!f.isPrimitive()) {
        names.add(f.getName());
      }
    }
    return names;
  }

  /** Takes down what an object writes, and writes nothing of that. */
  private static final class Parts extends ObjectOutputStream {
    private final List<Object> all = new ArrayList<>();
    private boolean begun;

    Parts(Object o) throws IOException {
      super(OutputStream.nullOutputStream());
      enableReplaceObject(true);
      writeObject(o);
    }

    @Override
    protected @Nullable Object replaceObject(@Nullable Object o) {
      if (!begun) {
        begun = true;
        return o;
      }
      if (o != null) {
        all.add(o);
      }
      return null;
    }
  }
}
