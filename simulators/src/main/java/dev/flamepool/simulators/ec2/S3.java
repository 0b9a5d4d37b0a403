package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.ec2.Web.Reply;
import dev.flamepool.simulators.ec2.Web.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Objects by path-style addresses: get, head, put, delete, list; presigned or signed. */
final class S3 implements Web.Service {
  private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
  private static final String XML = "application/xml";
  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'");

  private record Target(String bucket, String key) {
    static Target of(Request request) {
      String[] parts = request.path().substring(1).split("/", 2);
      return new Target(parts[0], parts.length > 1 ? parts[1] : "");
    }
  }

  private final Objects objects;
  private final Signature signature;

  S3(Objects objects, Signature signature) {
    this.objects = objects;
    this.signature = signature;
  }

  @Override
  public String operation(Request request) {
    boolean bucket = Target.of(request).key().isEmpty();
    return switch (request.method()) {
      case "GET" -> bucket ? "s3:ListObjectsV2" : "s3:GetObject";
      case "HEAD" -> bucket ? "s3:HeadBucket" : "s3:HeadObject";
      case "PUT" -> bucket ? "s3:CreateBucket" : "s3:PutObject";
      case "DELETE" -> bucket ? "s3:DeleteBucket" : "s3:DeleteObject";
      default -> "s3:" + request.method();
    };
  }

  @Override
  public void admit(Request request) throws AwsError {
    signature.check(request, "s3");
    if (!request.query().containsKey("X-Amz-Signature")) {
      return;
    }
    try {
      Instant signed =
          LocalDateTime.parse(request.query().getOrDefault("X-Amz-Date", ""), BASIC)
              .toInstant(ZoneOffset.UTC);
      long seconds = Long.parseLong(request.query().getOrDefault("X-Amz-Expires", ""));
      // By the clock that it was signed by, which no test controls.
      if (seconds > 604_800 || Instant.now().isAfter(signed.plusSeconds(seconds))) {
        throw AwsError.of("AccessDenied", "Request has expired");
      }
    } catch (DateTimeException | NumberFormatException e) {
      throw AwsError.of(
          "AuthorizationQueryParametersError", "X-Amz-Date and X-Amz-Expires are needed");
    }
  }

  @Override
  public Reply serve(Request request, @Nullable Effect effect) throws AwsError {
    Target target = Target.of(request);
    String operation = operation(request);
    try {
      if (!Objects.isName(target.bucket())) {
        throw AwsError.of("InvalidBucketName", "The specified bucket is not valid.");
      } else if (operation.equals("s3:CreateBucket")) {
        objects.create(target.bucket());
        return Reply.of(200, XML, "");
      } else if (!objects.has(target.bucket())) {
        throw AwsError.of("NoSuchBucket", "The specified bucket does not exist");
      }
      return switch (operation) {
        case "s3:ListObjectsV2" -> list(request, target.bucket());
        case "s3:HeadBucket" -> Reply.of(200, XML, "");
        case "s3:GetObject", "s3:HeadObject" -> get(request, target);
        case "s3:PutObject" -> put(request, target);
        case "s3:DeleteObject" -> {
          Files.deleteIfExists(objects.file(target.bucket(), target.key()));
          yield Reply.of(204, XML, "");
        }
        default ->
            throw AwsError.of(
                "MethodNotAllowed", "The specified method is not allowed against this resource.");
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Reply get(Request request, Target target) throws AwsError, IOException {
    Path file = objects.file(target.bucket(), target.key());
    if (!Files.isRegularFile(file)) {
      // An instance's role may get objects and not list them: S3 does not tell it what is missing.
      throw signature.check(request, "s3").startsWith(Signature.INSTANCE)
          ? AwsError.of("AccessDenied", "Access Denied")
          : AwsError.of("NoSuchKey", "The specified key does not exist.");
    }
    byte[] content = Files.readAllBytes(file);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/octet-stream");
    headers.put("ETag", '"' + Digests.md5(content) + '"');
    headers.put("Accept-Ranges", "bytes");
    headers.put(
        "Last-Modified",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Files.getLastModifiedTime(file).toInstant().atOffset(ZoneOffset.UTC)));
    return new Reply(200, "", headers, content);
  }

  private Reply put(Request request, Target target) throws AwsError, IOException {
    Path file = objects.file(target.bucket(), target.key());
    if (request.header("if-none-match").equals("*") && Files.exists(file)) {
      throw AwsError.of(
          "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
    }
    byte[] content = AwsChunked.decode(request);
    objects.put(file, content);
    return new Reply(200, "", Map.of("ETag", '"' + Digests.md5(content) + '"'), new byte[0]);
  }

  private Reply list(Request request, String bucket) throws AwsError, IOException {
    Map<String, String> query = request.query();
    String prefix = query.getOrDefault("prefix", "");
    String delimiter = query.getOrDefault("delimiter", "");
    String after = query.getOrDefault("continuation-token", query.getOrDefault("start-after", ""));
    int limit;
    try {
      limit = Math.min(1_000, Integer.parseInt(query.getOrDefault("max-keys", "1000")));
    } catch (NumberFormatException e) {
      throw AwsError.of("InvalidArgument", "Provided max-keys not an integer");
    }
    List<String> rest =
        objects.keys(bucket).stream()
            .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
            .toList();
    List<String> page = rest.subList(0, Math.min(limit, rest.size()));
    TreeSet<String> folders = new TreeSet<>();
    List<String> keys = new ArrayList<>();
    for (String key : page) {
      int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
      if (end < 0) {
        keys.add(key);
      } else {
        folders.add(key.substring(0, end + delimiter.length()));
      }
    }
    boolean encoded = query.getOrDefault("encoding-type", "").equals("url");
    String body =
        Xml.document(
            "ListBucketResult",
            NAMESPACE,
            xml -> {
              xml.put("Name", bucket)
                  .put("Prefix", name(prefix, encoded))
                  .put("KeyCount", keys.size() + folders.size())
                  .put("MaxKeys", limit)
                  .put("IsTruncated", page.size() < rest.size());
              xml.putIfAny("EncodingType", encoded ? "url" : "");
              if (page.size() < rest.size() && !page.isEmpty()) {
                xml.put("NextContinuationToken", page.get(page.size() - 1));
              }
              keys.forEach(key -> xml.in("Contents", one -> contents(one, bucket, key, encoded)));
              folders.forEach(
                  folder ->
                      xml.in("CommonPrefixes", one -> one.put("Prefix", name(folder, encoded))));
            });
    return Reply.of(200, XML, body);
  }

  private void contents(Xml xml, String bucket, String key, boolean encoded) {
    try {
      Path file = objects.file(bucket, key);
      xml.put("Key", name(key, encoded))
          .put("LastModified", InstanceXml.time(Files.getLastModifiedTime(file).toMillis()))
          .put("ETag", '"' + Digests.md5(Files.readAllBytes(file)) + '"')
          .put("Size", Files.size(file))
          .put("StorageClass", "STANDARD");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AwsError e) {
      throw new IllegalStateException(e);
    }
  }

  private static String name(String key, boolean encoded) {
    return encoded ? URLEncoder.encode(key, UTF_8).replace("%2F", "/") : key;
  }

  @Override
  public Reply refusal(AwsError error, Request request) {
    String body =
        Xml.document(
            "Error",
            "",
            xml ->
                xml.put("Code", error.code())
                    .put("Message", error.words())
                    .put("RequestId", UUID.randomUUID()));
    return Reply.refusal(error, XML, body);
  }
}
