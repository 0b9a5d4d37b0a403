package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flamepool.simulators.ec2.Web.Request;
import java.io.ByteArrayOutputStream;

/**
 * The body of a request whose signature or checksum comes in pieces: {@code aws-chunked}, inside
 * HTTP's own chunks. Signatures and checksums are not looked at.
 */
final class AwsChunked {
  private AwsChunked() {}

  static byte[] decode(Request request) throws AwsError {
    boolean chunked =
        request.header("content-encoding").contains("aws-chunked")
            || request.header("x-amz-content-sha256").startsWith("STREAMING-");
    if (!chunked) {
      return request.body();
    }
    byte[] body = request.body();
    ByteArrayOutputStream content = new ByteArrayOutputStream(body.length);
    int at = 0;
    while (true) {
      int end = at;
      while (end < body.length && body[end] != '\r') {
        end++;
      }
      int size;
      try {
        String line = new String(body, at, end - at, ISO_8859_1);
        size = Integer.parseInt(line.split(";", 2)[0].strip(), 16);
      } catch (NumberFormatException e) {
        throw AwsError.of("IncompleteBody", "A chunk of the body has no size");
      }
      if (size == 0) {
        return content.toByteArray();
      }
      at = end + 2;
      if (at + size + 2 > body.length) {
        throw AwsError.of("IncompleteBody", "A chunk of the body is cut off");
      }
      content.write(body, at, size);
      at += size + 2;
    }
  }
}
