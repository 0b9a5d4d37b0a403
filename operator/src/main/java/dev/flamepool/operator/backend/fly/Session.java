package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.FlyBackend;

/**
 * An app of somebody's at one host, and a token for it.
 *
 * @param host base URL without a slash at its end
 * @param app name of the app
 * @param own whether the host is Fly's own: only then its words may be passed on
 * @param token for the app
 */
record Session(String host, String app, boolean own, FlyToken token) {
  static Session of(FlyBackend fly, String token) {
    return new Session(
        FlyOptions.host(fly), fly.app(), FlyOptions.isOwnHost(fly), FlyToken.of(token));
  }

  @Override
  public String toString() {
    return "Session[" + host + ", " + app + "]";
  }
}
