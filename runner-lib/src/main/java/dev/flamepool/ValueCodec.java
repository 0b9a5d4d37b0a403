package dev.flamepool;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * Writes and reads values of some types in a way of the application's own, for example as JSON or
 * as protobuf messages. Both ends need it, under one name: give it to {@link FlameBuilder#codec}
 * and serve with {@link FlameBuilder#serveIfRunner}, or name its class in {@code
 * META-INF/services/dev.flamepool.ValueCodec}, where both ends find it.
 *
 * <p>It is used wherever such a value is met, also inside collections, records and fields, and such
 * values travel as captures and as results. A value that is met twice is written once. Called by
 * any thread that calls, several at once.
 *
 * @param <T> what it writes and reads
 */
public interface ValueCodec<T> {
  /**
   * By what the ends know it.
   *
   * @return up to 150 letters, digits, {@code .}, {@code _}, {@code $} and {@code -}, the same at
   *     both ends; the class's name unless overridden
   */
  default String name() {
    return getClass().getName();
  }

  /**
   * Whether it writes and reads objects of that class. Asked once per class. A peer may have it
   * read any class that it says yes to, so be narrow. Strings, boxed primitives and enums are never
   * asked for.
   *
   * @param type the class of the object, at both ends
   * @return the same at both ends
   */
  boolean handles(Class<?> type);

  /**
   * Writes a value. Whatever it throws, the value is refused with that as the cause.
   *
   * @param value not null
   * @param out this value's own; need not be closed
   * @throws Exception if it cannot be written
   */
  void write(T value, OutputStream out) throws Exception;

  /**
   * Reads a value. It has to read all of its bytes and to give an object of that type. Whatever it
   * throws, the call or the result is refused with that as the cause.
   *
   * @param type what {@link #write} was given an object of
   * @param in this value's bytes, then its end
   * @return not null
   * @throws Exception if it cannot be read
   */
  T read(Class<? extends T> type, InputStream in) throws Exception;
}
