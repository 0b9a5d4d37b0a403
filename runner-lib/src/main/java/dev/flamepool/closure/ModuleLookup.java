package dev.flamepool.closure;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * The rights of a class whose package is open to the library, as if the class itself had asked.
 * Lambdas are linked for none but such. Across modules, which two class loaders have too, the JDK
 * keeps a part of the rights back; a class beside the other one has them all.
 */
final class ModuleLookup {
  private static final MethodType TYPE = MethodType.methodType(Lookup.class);

  private static final ClassValue<Lookup> OF =
      new ClassValue<>() {
        @Override
        protected Lookup computeValue(Class<?> c) {
          try {
            Lookup lookup = MethodHandles.privateLookupIn(c, MethodHandles.lookup());
            return lookup.hasFullPrivilegeAccess()
                ? lookup
                : MethodHandles.privateLookupIn(c, beside(lookup));
          } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
          }
        }
      };

  private ModuleLookup() {}

  /**
   * @throws IllegalArgumentException if its package is not open to us
   */
  static Lookup of(Class<?> c) {
    return OF.get(c);
  }

  private static Lookup beside(Lookup partial) throws IllegalAccessException {
    Class<?> helper = defineOnce(partial, partial.lookupClass().getName() + "$$FlameLookup");
    try {
      MethodHandle lookup = partial.findStatic(helper, "lookup", TYPE);
      return (Lookup) lookup.invokeExact();
    } catch (IllegalAccessException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Two threads may ask for one class at once, and so may two copies of this library. */
  private static Class<?> defineOnce(Lookup partial, String name) throws IllegalAccessException {
    try {
      return partial.defineClass(classFile(name.replace('.', '/')));
    } catch (LinkageError first) {
      try {
        return partial.findClass(name);
      } catch (ClassNotFoundException e) {
        first.addSuppressed(e);
        throw first;
      }
    }
  }

  /** {@code class NAME { static Lookup lookup() { return MethodHandles.lookup(); } }} */
  private static byte[] classFile(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0xCAFEBABE);
      out.writeInt(52); // class files of Java 8: every later JVM reads them
      out.writeShort(12); // constants, and one
      utf8(out, name); // 1
      classAt(out, 1); // 2
      utf8(out, "java/lang/Object"); // 3
      classAt(out, 3); // 4
      utf8(out, "lookup"); // 5
      utf8(out, TYPE.toMethodDescriptorString()); // 6
      utf8(out, "Code"); // 7
      utf8(out, "java/lang/invoke/MethodHandles"); // 8
      classAt(out, 8); // 9
      pair(out, 12, 5, 6); // 10: name and type
      pair(out, 10, 9, 10); // 11: method
      shorts(out, 0x1020, 2, 4, 0, 0, 1); // synthetic; its name, its parent; one method
      shorts(out, 0x0008, 5, 6, 1, 7); // static, with one attribute: its code
      out.writeInt(16);
      shorts(out, 1, 0); // stack, locals
      out.writeInt(4);
      out.writeByte(0xB8); // invokestatic
      out.writeShort(11);
      out.writeByte(0xB0); // areturn
      shorts(out, 0, 0, 0); // nothing more
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void utf8(DataOutputStream out, String text) throws IOException {
    out.writeByte(1);
    out.writeUTF(text);
  }

  private static void classAt(DataOutputStream out, int name) throws IOException {
    out.writeByte(7);
    out.writeShort(name);
  }

  private static void pair(DataOutputStream out, int tag, int first, int second)
      throws IOException {
    out.writeByte(tag);
    shorts(out, first, second);
  }

  private static void shorts(DataOutputStream out, int... values) throws IOException {
    for (int value : values) {
      out.writeShort(value);
    }
  }
}
