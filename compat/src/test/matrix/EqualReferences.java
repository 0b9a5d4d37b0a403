package app;

import dev.flamepool.RemoteCallable;
import dev.flamepool.RemoteFunction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

/** References to one method that differ only in the type that they are used with. */
public class EqualReferences {
  record Box<T extends Serializable>(T inside) implements Serializable {
    <U> String with(U more) {
      return inside + "+" + more;
    }
  }

  interface Narrow<A extends Number> extends RemoteFunction<A, Object> {
    @Override
    Object apply(A argument);
  }

  static <T> String text(T value) {
    return "text " + value;
  }

  private static <T> T same(T value) {
    return value;
  }

  private static <A> RemoteCallable<Object> captured(RemoteFunction<A, Object> function, A argument) {
    return () -> function.apply(argument);
  }

  private static <A> void add(
      Map<String, RemoteCallable<Object>> calls, String name, RemoteFunction<A, Object> function, A argument) {
    calls.put(name, captured(function, argument));
  }

  /** Each captures a reference and calls it; the name is followed by what it returns. */
  public static Map<String, RemoteCallable<Object>> captured() {
    Map<String, RemoteCallable<Object>> calls = new LinkedHashMap<>();
    EqualReferences.<Integer>add(calls, "unbound of an Integer=7", Object::hashCode, 7);
    EqualReferences.<String>add(calls, "unbound of a String=97", Object::hashCode, "a");
    EqualReferences.<Long>add(calls, "unbound of a Long=8", Object::hashCode, 8L);
    return calls;
  }

  private static <A> void apply(Map<String, Map.Entry<RemoteFunction<?, Object>, Object>> calls, String name, RemoteFunction<A, Object> function, A argument) {
    calls.put(name, Map.entry(function, argument));
  }

  /** With their arguments; the name is followed by what it returns. */
  public static Map<String, Map.Entry<RemoteFunction<?, Object>, Object>> applied() {
    Map<String, Map.Entry<RemoteFunction<?, Object>, Object>> calls = new LinkedHashMap<>();
    EqualReferences.<Integer>apply(calls, "unbound of an Integer=7", Object::hashCode, 7);
    EqualReferences.<String>apply(calls, "unbound of a String=97", Object::hashCode, "a");
    EqualReferences.<String>apply(calls, "interface of a String=1", CharSequence::length, "a");
    EqualReferences.<StringBuilder>apply(calls, "interface of a StringBuilder=2", CharSequence::length, new StringBuilder("ab"));
    EqualReferences.<ArrayList<String>>apply(calls, "interface of an ArrayList=0", List::size, new ArrayList<>());
    EqualReferences.<LinkedList<String>>apply(calls, "interface of a LinkedList=0", List::size, new LinkedList<>());
    EqualReferences.<Integer>apply(calls, "static of an Integer=text 7", EqualReferences::text, 7);
    EqualReferences.<String>apply(calls, "static of a String=text a", EqualReferences::text, "a");
    EqualReferences.<Integer>apply(calls, "private of an Integer=7", EqualReferences::same, 7);
    EqualReferences.<String>apply(calls, "private of a String=a", EqualReferences::same, "a");
    EqualReferences.<Integer>apply(calls, "constructor of an Integer=Box[inside=7]", Box::new, 7);
    EqualReferences.<String>apply(calls, "constructor of a String=Box[inside=a]", Box::new, "a");
    EqualReferences.<Integer>apply(calls, "bound of an Integer=b+7", new Box<>("b")::with, 7);
    EqualReferences.<String>apply(calls, "bound of a String=b+a", new Box<>("b")::with, "a");
    EqualReferences.<Integer>apply(calls, "own interface of an Integer=7", (Narrow<Integer>) Object::hashCode, 7);
    EqualReferences.<Long>apply(calls, "own interface of a Long=8", (Narrow<Long>) Object::hashCode, 8L);
    EqualReferences.<Integer>apply(calls, "lambda of an Integer=7", value -> value, 7);
    EqualReferences.<String>apply(calls, "lambda of a String=a", value -> value, "a");
    return calls;
  }
}
