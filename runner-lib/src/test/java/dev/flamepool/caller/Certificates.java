package dev.flamepool.caller;

import java.util.Map;

/** For tests outside of this package. */
public final class Certificates {
  private Certificates() {}

  /** The data of a caller Secret. */
  public static Map<String, String> callerSecret() throws Exception {
    return new Authority().callerSecret();
  }
}
