package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.TooLongException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Where calls of AWS go out: every failure is classified here, and put into words for people. */
final class AwsEdge {
  private static final Logger LOG = LoggerFactory.getLogger(AwsEdge.class);

  private AwsEdge() {}

  /** Makes a call, which is {@code what} in messages. */
  static <T> T call(Session session, String what, Supplier<T> call) throws AwsException {
    try {
      return call.get();
    } catch (AwsServiceException e) {
      throw failure(session, what, e);
    } catch (SdkException e) {
      LOG.info("{} in {} got no answer: {}", what, session.region(), e.getMessage());
      throw new AwsException(
          Ec2Error.UNKNOWN,
          "%s to %s from %s"
              .formatted(
                  e.getCause() instanceof TooLongException tooLong
                      ? tooLong.getMessage()
                      : "no answer",
                  what,
                  session.endpoint().orElse("AWS in " + session.region())));
    }
  }

  private static AwsException failure(Session session, String what, AwsServiceException e) {
    boolean details = e.awsErrorDetails() != null;
    String code = details ? e.awsErrorDetails().errorCode() : "";
    String words = details ? e.awsErrorDetails().errorMessage() : "";
    Ec2Error error = Ec2Error.of(code, e.statusCode(), words);
    LOG.info(
        "{} in {} answered HTTP {} {} ({}), request {}{}",
        what,
        session.region(),
        e.statusCode(),
        word(code),
        error,
        word(e.requestId()),
        session.own() ? ": " + shortened(words) : "");
    return new AwsException(
        error,
        session.own()
            ? "%s says: %s: %s".formatted(what, word(code), shortened(words))
            : "%s answered %s with HTTP %d (%s)"
                .formatted(session.endpoint().orElse(""), what, e.statusCode(), error));
  }

  private static String word(@Nullable String text) {
    return text != null && text.matches("[A-Za-z0-9_.-]{1,80}") ? text : "without a code";
  }

  private static String shortened(@Nullable String words) {
    String text = words == null ? "" : words.replaceAll("\\p{Cntrl}", " ");
    return text.length() <= 300 ? text : text.substring(0, 300);
  }
}
