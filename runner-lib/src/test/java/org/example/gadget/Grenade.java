package org.example.gadget;

import java.io.IOException;
import java.io.ObjectInputStream;

/** An exception that cannot be read: its own code fails as no exception does. */
public final class Grenade extends RuntimeException {
  private static final long serialVersionUID = 1;

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    throw new AssertionError("it cannot be read");
  }
}
