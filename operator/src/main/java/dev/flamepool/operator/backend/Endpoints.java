package dev.flamepool.operator.backend;

import java.net.URI;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The endpoints that pools may name in place of a cloud's own: whoever writes a pool could
 * otherwise have the operator send requests to anything that it can reach. Immutable.
 */
public final class Endpoints {
  private final Set<String> allowed;

  /** Allows these, as the operator's {@code --allow-endpoints} lists them. */
  public Endpoints(Collection<String> allowed) {
    this.allowed = allowed.stream().map(Endpoints::normal).collect(Collectors.toSet());
  }

  /** Whether an endpoint may be used. */
  public boolean allows(String url) {
    return allowed.contains(normal(url));
  }

  /** One spelling of a URL: scheme and host in lower case, no slash at the end. */
  public static String normal(String url) {
    String text = url.strip().replaceAll("/+$", "");
    try {
      URI uri = new URI(text);
      if (uri.getScheme() == null || uri.getRawAuthority() == null) {
        return text;
      }
      return uri.getScheme().toLowerCase(Locale.ROOT)
          + "://"
          + uri.getRawAuthority().toLowerCase(Locale.ROOT)
          + (uri.getRawPath() == null ? "" : uri.getRawPath());
    } catch (java.net.URISyntaxException e) {
      return text;
    }
  }
}
