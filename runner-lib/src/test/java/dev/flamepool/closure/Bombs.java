package dev.flamepool.closure;

import dev.flamepool.wire.Body;
import dev.flamepool.wire.Out;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Small when sent, large when read; or small here, large when sent. */
public final class Bombs {
  private Bombs() {}

  /** Six characters of a pattern are two tables of 256. */
  private static String text() {
    return "[a][b]".repeat(1_000);
  }

  /** One captured list of so many patterns of one text: 6 kB, and four bytes for each of them. */
  public static Body patterns(int n) {
    Out out = new Out(64);
    out.u1(0);
    out.u1(Tag.ARRAY_LIST);
    out.vint(n);
    for (int i = 0; i < n; i++) {
      out.u1(Tag.SUBSTITUTE);
      out.u1(Substitute.Kind.PATTERN.code);
      if (i > 0) {
        out.u1(Tag.SAME);
        out.vint(2);
        continue;
      }
      out.u1(Tag.LIST_OF);
      out.vint(2);
      out.u1(Tag.STRING);
      out.exactString(text());
      out.u1(Tag.INT);
      out.vint(0);
    }
    return new Body(List.of(), out);
  }

  /** The same as a result: each takes 700 kB. */
  public static Object patternsHere(int n) {
    String text = text();
    List<Pattern> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(Pattern.compile(text));
    }
    return all;
  }

  /** An object that writes so many blocks of a megabyte. */
  public static final class Endless implements Serializable {
    private static final long serialVersionUID = 1;

    private final int megabytes;

    public Endless(int megabytes) {
      this.megabytes = megabytes;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      byte[] block = new byte[1 << 20];
      for (int i = 0; i < megabytes; i++) {
        out.write(block);
      }
    }
  }

  /** An exception that holds so many megabytes. */
  public static final class Heavy extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final byte[][] held;

    public Heavy(int megabytes) {
      super("heavy");
      held = new byte[megabytes][];
      for (int i = 0; i < megabytes; i++) {
        held[i] = new byte[1 << 20];
      }
    }

    public int megabytes() {
      return held.length;
    }
  }
}
