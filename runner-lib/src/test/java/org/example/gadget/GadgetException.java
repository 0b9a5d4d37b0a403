package org.example.gadget;

/** An exception that carries one. */
public final class GadgetException extends RuntimeException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("unused") // it only has to travel
  private final Gadget gadget = new Gadget();

  public GadgetException(String message) {
    super(message);
  }
}
