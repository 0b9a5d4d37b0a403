package dev.flamepool.wire;

import java.io.ObjectStreamException;

/** What a message holds takes more of the heap than there is for it. The connection lives on. */
public final class HeapFullException extends ObjectStreamException {
  private static final long serialVersionUID = 1;

  private final boolean forGood;

  HeapFullException(String message, boolean forGood) {
    super(message);
    this.forGood = forGood;
  }

  /** False where it may fit later, or elsewhere. */
  public boolean isForGood() {
    return forGood;
  }

  /** That failure among the causes of another, or null. */
  public static @org.jspecify.annotations.Nullable HeapFullException in(Throwable failure) {
    Throwable each = failure;
    for (int i = 0; each != null && i < 16; i++) {
      if (each instanceof HeapFullException full) {
        return full;
      }
      each = each.getCause();
    }
    return null;
  }
}
