package org.example.gadget;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.concurrent.atomic.AtomicInteger;

/** A library's class, not the application's: reading one does something. */
public final class Gadget implements Serializable {
  private static final long serialVersionUID = 1;

  /** How many were read. */
  public static final AtomicInteger READ = new AtomicInteger();

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    READ.incrementAndGet();
    in.defaultReadObject();
  }
}
