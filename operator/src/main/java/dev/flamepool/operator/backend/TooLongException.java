package dev.flamepool.operator.backend;

import java.io.IOException;

/** An answer has more bytes than anything that is of use. */
public final class TooLongException extends IOException {
  private static final long serialVersionUID = 1;

  TooLongException(long most) {
    super("an answer of more than " + most + " bytes");
  }
}
