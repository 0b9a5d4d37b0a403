package dev.flamepool.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * A body being read: its bytes, bounded, and the classes it mentions. Must be read before the next
 * message.
 */
public final class BodyIn {
  private final In in;
  private final ClassRef[] classes;

  BodyIn(In in, ClassRef[] classes) {
    this.in = in;
    this.classes = classes;
  }

  /** The bytes; reading beyond the body's end fails. */
  public In in() {
    return in;
  }

  /** The class that the body calls {@code index}. */
  public ClassRef classAt(int index) throws IOException {
    if (index < 0 || index >= classes.length) {
      throw new MalformedException(
          "class " + index + " of a message that mentions " + classes.length);
    }
    return classes[index];
  }

  /** The next {@code length} bytes, which mention the same classes. */
  public BodyIn part(int length) throws IOException {
    In part = new In(new ByteArrayInputStream(in.bytes(length)), in);
    part.limit(length);
    return new BodyIn(part, classes);
  }

  /** A body that never left this process. */
  public static BodyIn of(Body body) {
    List<String> names = body.classes();
    ClassRef[] refs = new ClassRef[names.size()];
    for (int i = 0; i < refs.length; i++) {
      refs[i] = new ClassRef(names.get(i));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) body.size());
    try {
      body.bytes().writeTo(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    In in = new In(new ByteArrayInputStream(bytes.toByteArray()));
    in.limit(body.size());
    return new BodyIn(in, refs);
  }

  /** The call site of a call that never left this process. */
  public static SiteRef site(EncodedCall call) {
    return new SiteRef(call.site());
  }
}
