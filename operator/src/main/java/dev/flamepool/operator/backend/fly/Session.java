package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.FlyBackend;
import java.util.Map;

/**
 * An app of somebody's at one host, and a token for it.
 *
 * @param host base URL without a slash at its end
 * @param app name of the app
 * @param own whether the host is Fly's own: only then its words may be passed on
 * @param token for the app
 * @param values where the token is from, as they are copied
 */
record Session(String host, String app, boolean own, FlyToken token, Map<String, String> values) {
  static Session of(FlyBackend fly, String key, Map<String, String> values) {
    return new Session(
        FlyOptions.host(fly),
        fly.app(),
        FlyOptions.isOwnHost(fly),
        FlyToken.of(values.get(key)),
        values);
  }

  @Override
  public String toString() {
    return "Session[" + host + ", " + app + "]";
  }
}
