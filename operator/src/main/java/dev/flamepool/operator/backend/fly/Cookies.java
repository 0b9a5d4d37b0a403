package dev.flamepool.operator.backend.fly;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;

/**
 * Cookies in memory: by them Fly sends an app's requests to the API node that saw the last write.
 * Thread-safe.
 */
final class Cookies implements CookieJar {
  private static final int MAX = 1_000;

  private record Name(String domain, String path, String name) {}

  private final Map<Name, Cookie> cookies = new HashMap<>();
  private final Clock clock;

  Cookies(Clock clock) {
    this.clock = clock;
  }

  @Override
  public synchronized void saveFromResponse(HttpUrl url, List<Cookie> given) {
    for (Cookie cookie : given) {
      if (cookies.size() < MAX) {
        cookies.put(new Name(cookie.domain(), cookie.path(), cookie.name()), cookie);
      }
    }
  }

  @Override
  public synchronized List<Cookie> loadForRequest(HttpUrl url) {
    long now = clock.millis();
    cookies.values().removeIf(cookie -> cookie.expiresAt() <= now);
    List<Cookie> fit = new ArrayList<>();
    for (Cookie cookie : cookies.values()) {
      if (cookie.matches(url)) {
        fit.add(cookie);
      }
    }
    return fit;
  }
}
