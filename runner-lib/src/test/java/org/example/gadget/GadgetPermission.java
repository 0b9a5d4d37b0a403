package org.example.gadget;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.security.BasicPermission;

/** One whose superclass is no value of the JDK, so that not even a call may hold it. */
public final class GadgetPermission extends BasicPermission {
  private static final long serialVersionUID = 1;

  public GadgetPermission() {
    super("gadget");
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    Gadget.READ.incrementAndGet();
    in.defaultReadObject();
  }
}
