package org.example.allowed;

import java.io.Serializable;

/** A library's class that is harmless. */
public final class Model implements Serializable {
  private static final long serialVersionUID = 1;
}
