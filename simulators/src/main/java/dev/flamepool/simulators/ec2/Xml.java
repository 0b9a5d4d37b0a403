package dev.flamepool.simulators.ec2;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** XML text, written element by element. */
final class Xml {
  private final StringBuilder text = new StringBuilder();

  private Xml() {}

  /** A document; a namespace of none is left out. */
  static String document(String root, String namespace, Consumer<Xml> content) {
    Xml xml = new Xml();
    xml.text.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<").append(root);
    if (!namespace.isEmpty()) {
      xml.text.append(" xmlns=\"").append(namespace).append('"');
    }
    xml.text.append('>');
    content.accept(xml);
    return xml.text.append("</").append(root).append('>').toString();
  }

  Xml put(String name, Object value) {
    text.append('<').append(name).append('>');
    escape(value.toString());
    text.append("</").append(name).append('>');
    return this;
  }

  /** An element, unless its value is empty. */
  Xml putIfAny(String name, String value) {
    return value.isEmpty() ? this : put(name, value);
  }

  Xml in(String name, Consumer<Xml> content) {
    text.append('<').append(name).append('>');
    content.accept(this);
    text.append("</").append(name).append('>');
    return this;
  }

  /** A list in EC2's form: an {@code item} for each. */
  <T> Xml list(String name, Iterable<T> all, BiConsumer<Xml, T> content) {
    return in(name, list -> all.forEach(one -> list.in("item", item -> content.accept(item, one))));
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '<' -> text.append("&lt;");
        case '>' -> text.append("&gt;");
        case '&' -> text.append("&amp;");
        case '"' -> text.append("&quot;");
        case '\r' -> text.append("&#xD;");
        default -> text.append(c);
      }
    }
  }
}
