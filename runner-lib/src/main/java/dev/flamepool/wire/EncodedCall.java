package dev.flamepool.wire;

import java.util.List;

/**
 * A call as bytes, independent of any connection: encoded once, in the calling thread, and sent by
 * whichever slot takes it. Immutable once made, so it may be sent again where the first attempt
 * provably never started.
 *
 * @param site identity matters: a connection sends the same object once and then only its id
 * @param body the captured values
 */
public record EncodedCall(Site site, Body body) {
  /** In place of a call where a {@link Stay} is all that is sent. */
  public static final EncodedCall NOTHING =
      new EncodedCall(
          new Site("", "", "", "", 0, "", "", "", "", 0, false), new Body(List.of(), new Out(0)));

  /** Bytes of the captured values, for bounds on what queues. */
  public long size() {
    return body.size();
  }
}
