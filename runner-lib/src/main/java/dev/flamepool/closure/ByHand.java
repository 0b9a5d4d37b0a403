package dev.flamepool.closure;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** In a Java stream, the place of what goes by hand: the body's next value. */
final class ByHand implements Serializable {
  private static final long serialVersionUID = 1;

  private transient @Nullable Object value;

  ByHand(Object value) {
    this.value = value;
  }

  @Nullable Object value() {
    return value;
  }

  private void writeObject(ObjectOutputStream stream) throws IOException {
    ((JavaOut) stream).hand(this);
  }

  private void readObject(ObjectInputStream stream) throws IOException {
    value = ((JavaIn) stream).hand();
  }
}
