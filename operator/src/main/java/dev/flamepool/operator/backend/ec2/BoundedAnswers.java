package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BoundedStream;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Answers are read as a whole: none may be longer than any that is of use. */
final class BoundedAnswers implements ExecutionInterceptor {
  private static final ExecutionAttribute<BoundedStream> BODY =
      new ExecutionAttribute<>("flamepool.body");

  /** A page of 1,000 instances has a few megabytes. */
  private static final long MOST = 16L << 20;

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    Optional<BoundedStream> body =
        context.responseBody().map(answer -> new BoundedStream(answer, MOST));
    attributes.putAttribute(BODY, body.orElse(null));
    return body.map(answer -> answer);
  }

  /** What parsers make of it hides it. */
  @Override
  public Throwable modifyException(
      Context.FailedExecution context, ExecutionAttributes attributes) {
    return Optional.ofNullable(attributes.getAttribute(BODY))
        .flatMap(BoundedStream::exceeded)
        .<Throwable>map(cause -> SdkClientException.create(cause.getMessage(), cause))
        .orElse(context.exception());
  }
}
