package dev.flamepool.wire;

/** A slot of a runner, seen from the caller: one call at a time. */
public interface Slot {
  /** This slot's number, for {@link ControlMessage.Cancel}. */
  int slot();

  /** False once the runner said goaway or the connection failed: then close it. */
  boolean usable();

  /**
   * Makes one call and waits for its end. Never throws for what happens to the connection; the
   * reply says it.
   *
   * @param stay what the call has to do with objects that stay on the runner
   * @param call not looked at where {@code stay} needs no function
   * @param wait called about every 40 ms, on another thread
   */
  Reply call(Stay stay, EncodedCall call, CallOptions options, ReplyDecoder decoder, Wait wait);

  /** Ends the connection at once, whatever its thread is blocked in. Any thread; never blocks. */
  void abort();
}
