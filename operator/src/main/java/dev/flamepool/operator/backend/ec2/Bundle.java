package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The application's bundle in S3: a {@code .tar.gz}, or everything below a prefix. {@code
 * #sha256=<hex>} at its end demands that digest, of the archive or of the folder's {@code
 * SHA256SUMS}.
 *
 * @param bucket of S3
 * @param key the object, or the prefix with a slash at its end
 * @param digest in lower-case hex; empty when any content will do
 */
record Bundle(String bucket, String key, String digest) {
  /** The archive's name on the instance, where it is no more once the runner starts. */
  static final String ARCHIVE = ".bundle.tar.gz";

  /** The digests of the files of a folder, as {@code sha256sum} writes them. */
  static final String SUMS = "SHA256SUMS";

  /** The most files of a folder. */
  static final int MAX_FILES = 5_000;

  private static final Pattern URL =
      Pattern.compile(
          "s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/([^#]+)(?:#sha256=([0-9a-fA-F]{64}))?");

  /** What some servers take for a step to another folder. */
  private static final Pattern STEP = Pattern.compile("(^|/)\\.{1,2}(/|#|$)");

  private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\"\\\\]");

  /** What is wrong with a URL. */
  static Optional<String> problem(@Nullable String url) {
    if (url == null) {
      return Optional.of(
          "ec2.s3BundleUrl: is missing; give the S3 URL of the application's bundle, a folder or a"
              + " .tar.gz");
    }
    return URL.matcher(url).matches() && !STEP.matcher(url).find()
        ? Optional.empty()
        : Optional.of(
            ("ec2.s3BundleUrl: '%s' is no bundle; give s3://bucket/folder or"
                    + " s3://bucket/name.tar.gz, and #sha256= with 64 hex digits after it if you"
                    + " like")
                .formatted(url));
  }

  /** Reads a URL that has no problem. */
  static Bundle of(String url) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no bundle: " + url);
    }
    String key = matcher.group(2);
    boolean folder = !key.endsWith(".tar.gz") && !key.endsWith("/");
    String digest = matcher.group(3) == null ? "" : matcher.group(3);
    return new Bundle(
        matcher.group(1), folder ? key + "/" : key, digest.toLowerCase(java.util.Locale.ROOT));
  }

  boolean isArchive() {
    return key.endsWith(".tar.gz");
  }

  /** The objects without which it cannot boot an application. */
  List<String> demanded(String app) {
    if (isArchive()) {
      return List.of(key);
    }
    String start = key + "bin/" + app;
    return digest.isEmpty() ? List.of(start) : List.of(start, key + SUMS);
  }

  /** Where a file of a folder goes on the instance, below the application's folder. */
  String path(String object) throws BackendException {
    String path = object.substring(key.length());
    if (path.startsWith("/")
        || UNSAFE.matcher(path).find()
        || java.util.Arrays.asList(path.split("/", -1)).contains("..")
        || path.contains("//")) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "ec2.s3BundleUrl: the bundle holds an object whose name is no path of a file; rename the"
              + " objects with quotes, backslashes, control characters, '..' or '//' below "
              + key);
    }
    return path;
  }

  /**
   * What fetches it, as curl's {@code --config} reads it: one transfer each, over one connection.
   *
   * @param urls by path on the instance; each is a secret
   */
  static String curlConfig(Map<String, String> urls) {
    StringBuilder config = new StringBuilder();
    urls.forEach(
        (path, url) ->
            config
                .append("url = \"")
                .append(url)
                .append("\"\noutput = \"")
                .append(path)
                .append("\"\n"));
    return config.toString();
  }
}
