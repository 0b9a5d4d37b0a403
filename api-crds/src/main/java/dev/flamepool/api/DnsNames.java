package dev.flamepool.api;

import java.util.regex.Pattern;

/**
 * What Kubernetes lets its objects be called. Names that users give become part of URLs: what is no
 * such name could lead such a URL elsewhere.
 */
public final class DnsNames {
  /** A DNS label, as of a container or a pool. */
  public static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** A DNS subdomain, as of a Secret, a Deployment or a FlameBackend. */
  public static final String SUBDOMAIN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** A key of a Secret. */
  public static final String KEY = "^[-._a-zA-Z0-9]+$";

  /** A uid of an object, or a machine's id at its backend. */
  public static final String ID = "^[A-Za-z0-9][-_.A-Za-z0-9]*$";

  private static final int LABEL_LENGTH = 63;
  private static final int LENGTH = 253;
  private static final Pattern IS_LABEL = Pattern.compile(LABEL);
  private static final Pattern IS_SUBDOMAIN = Pattern.compile(SUBDOMAIN);
  private static final Pattern IS_KEY = Pattern.compile(KEY);
  private static final Pattern IS_ID = Pattern.compile(ID);

  private DnsNames() {}

  /** Whether it is a DNS label; null is none. */
  public static boolean isLabel(String name) {
    return fits(IS_LABEL, name, LABEL_LENGTH);
  }

  /** Whether it is a DNS subdomain; null is none. */
  public static boolean isSubdomain(String name) {
    return fits(IS_SUBDOMAIN, name, LENGTH);
  }

  /** Whether a Secret can have such a key; null is none. */
  public static boolean isKey(String key) {
    return fits(IS_KEY, key, LENGTH) && !key.equals(".") && !key.startsWith("..");
  }

  /** Whether it is a uid or an id that can stand in a URL; null is none. */
  public static boolean isId(String id) {
    return fits(IS_ID, id, LENGTH);
  }

  private static boolean fits(Pattern pattern, String text, int length) {
    return text != null && text.length() <= length && pattern.matcher(text).matches();
  }
}
