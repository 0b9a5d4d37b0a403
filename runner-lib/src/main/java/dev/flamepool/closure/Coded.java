package dev.flamepool.closure;

import dev.flamepool.ValueCodec;
import dev.flamepool.wire.Fatal;
import dev.flamepool.wire.MessageTooLargeException;
import dev.flamepool.wire.Takes;
import java.io.ByteArrayInputStream;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamException;

/**
 * A codec and a class that it writes. Whatever a codec does, it has the bytes of its value and no
 * others.
 */
record Coded(ValueCodec<Object> codec, Class<?> type) {
  /** Between the codec's name and the class's. */
  private static final char BETWEEN = '/';

  /** What a message names. */
  String ref() {
    return codec.name() + BETWEEN + type.getName();
  }

  /**
   * The one that a message names.
   *
   * @throws ObjectStreamException if it is not here, or does not handle that class
   */
  static Coded of(String ref, ClassLoader application)
      throws ObjectStreamException, ClassNotFoundException {
    int end = ref.indexOf(BETWEEN);
    if (end < 0) {
      throw new InvalidObjectException("a value of a codec that is not named");
    }
    String name = ref.substring(0, end);
    String typeName = ref.substring(end + 1);
    Codecs here = Codecs.here();
    ValueCodec<Object> codec = here == null ? null : here.named(name);
    if (codec == null) {
      throw new InvalidClassException(
          typeName, "was written by codec " + name + ", which is not here; " + Takes.remedy(name));
    }
    Class<?> type = Class.forName(typeName, false, application);
    boolean handled;
    try {
      handled = codec.handles(type);
    } catch (RuntimeException e) {
      throw failed("could not say whether it reads", name, type, e);
    }
    if (!handled) {
      throw new InvalidClassException(typeName, "is not handled by codec " + name + " here");
    }
    return new Coded(codec, type);
  }

  /** Writes into that; no codec fills this process's memory. */
  void write(Object value, Bytes out) throws RefusedValueException {
    try {
      codec.write(value, out);
    } catch (MessageTooLargeException e) {
      throw e;
    } catch (Throwable e) {
      rethrow(e);
      RefusedValueException refused =
          new RefusedValueException(value, "its codec " + codec.name() + " failed with " + e);
      refused.initCause(e);
      throw refused;
    }
  }

  Object read(byte[] bytes) throws ObjectStreamException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    Object value;
    try {
      value = codec.read(type, in);
    } catch (Throwable e) {
      rethrow(e);
      throw failed("failed to read", codec.name(), type, e);
    }
    if (!type.isInstance(value)) {
      throw new InvalidObjectException(
          "codec "
              + codec.name()
              + " gave "
              + (value == null ? "null" : "a " + value.getClass().getName())
              + " instead of a "
              + type.getName());
    }
    if (in.available() > 0) {
      throw new InvalidObjectException(
          "codec "
              + codec.name()
              + " left "
              + in.available()
              + " of "
              + bytes.length
              + " bytes of a "
              + type.getName()
              + " unread");
    }
    return value;
  }

  private static void rethrow(Throwable e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (e instanceof Error error) {
      Fatal.rethrow(error);
    }
  }

  private static ObjectStreamException failed(
      String what, String codec, Class<?> type, Throwable cause) {
    ObjectStreamException e =
        new InvalidObjectException(
            "codec " + codec + " " + what + " a " + type.getName() + ": " + cause);
    e.initCause(cause);
    return e;
  }
}
