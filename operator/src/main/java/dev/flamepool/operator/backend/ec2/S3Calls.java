package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.model.GetObjectPresignRequest;

/** The calls of S3 that runners need. Thread-safe; blocks at most {@link Ec2Clients#CALL}. */
final class S3Calls {
  /** How long a presigned URL is good, if its signer's own session lasts so long. */
  private static final Duration PRESIGNED = Duration.ofHours(1);

  /** A bundle has one; another folder may hold more, and a list may have no end. */
  private static final int PAGES = 20;

  /** For what nobody may be kept waiting by. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Ec2Clients clients;

  S3Calls(Ec2Clients clients) {
    this.clients = clients;
  }

  /** A URL by which whoever has it may read an object for a while. No request is sent. */
  String presigned(Session session, String bucket, String key) throws AwsException {
    return AwsEdge.call(
        session,
        "presign",
        () ->
            clients
                .of(session)
                .presigner()
                .presignGetObject(
                    GetObjectPresignRequest.builder()
                        .signatureDuration(PRESIGNED)
                        .getObjectRequest(
                            GetObjectRequest.builder().bucket(bucket).key(key).build())
                        .build())
                .url()
                .toString());
  }

  /** A URL by which whoever has it may write an object of one length, for as long. */
  String presignedPut(Session session, String bucket, String key, long length) throws AwsException {
    return AwsEdge.call(
        session,
        "presign",
        () ->
            clients
                .of(session)
                .presigner()
                .presignPutObject(
                    put ->
                        put.signatureDuration(PRESIGNED)
                            .putObjectRequest(r -> r.bucket(bucket).key(key).contentLength(length)))
                .url()
                .toString());
  }

  /** The first bytes of an object; empty when there is none. Takes some seconds at most. */
  Optional<byte[]> read(Session session, String bucket, String key, int most) throws AwsException {
    try {
      return Optional.of(
          AwsEdge.call(
              session,
              "s3:GetObject",
              () ->
                  clients
                      .of(session)
                      .s3()
                      .getObjectAsBytes(
                          r ->
                              r.bucket(bucket)
                                  .key(key)
                                  .range("bytes=0-" + (most - 1))
                                  .overrideConfiguration(o -> o.apiCallTimeout(SOON)))
                      .asByteArray()));
    } catch (AwsException e) {
      if (e.error() == Ec2Error.INVALID || e.error() == Ec2Error.NO_ACCESS) {
        return Optional.empty(); // S3 does not tell everybody that there is none
      }
      throw e;
    }
  }

  /**
   * Makes sure that a bundle can be had, before anything is booted for it.
   *
   * @param app whose start command it must hold
   */
  void demand(Session session, Bundle bundle, String app) throws AwsException, BackendException {
    for (String key : bundle.demanded(app)) {
      String name = "s3://" + bundle.bucket() + "/" + key;
      try {
        AwsEdge.call(
            session,
            "s3:HeadObject",
            () -> clients.of(session).s3().headObject(r -> r.bucket(bundle.bucket()).key(key)));
      } catch (AwsException e) {
        switch (e.error()) {
          case INVALID ->
              throw new BackendException(
                  Kind.CONFIGURATION,
                  "ec2.s3BundleUrl: there is no %s in region %s; put it there, or correct the URL"
                      .formatted(name, session.region()),
                  e);
          case NO_ACCESS ->
              throw new BackendException(
                  Kind.CREDENTIALS,
                  ("ec2.s3BundleUrl: %s may not be read, or is not there, which S3 tells only to"
                          + " whoever has s3:ListBucket; allow s3:GetObject, or put it there")
                      .formatted(name),
                  e);
          default -> throw e;
        }
      }
    }
  }

  /** Writes an object. */
  void put(Session session, String bucket, String key, byte[] content) throws AwsException {
    AwsEdge.call(
        session,
        "s3:PutObject",
        () ->
            clients
                .of(session)
                .s3()
                .putObject(r -> r.bucket(bucket).key(key), RequestBody.fromBytes(content)));
  }

  /** Removes an object; harmless when there is none. */
  void remove(Session session, String bucket, String key) throws AwsException {
    AwsEdge.call(
        session,
        "s3:DeleteObject",
        () -> clients.of(session).s3().deleteObject(r -> r.bucket(bucket).key(key)));
  }

  /**
   * The presigned URLs of a bundle's files by path on the instance.
   *
   * @throws BackendException if there is nothing, too much, or a name that is no path
   */
  Map<String, String> bundle(Session session, Bundle bundle) throws AwsException, BackendException {
    Map<String, String> urls = new TreeMap<>();
    if (bundle.isArchive()) {
      urls.put(Bundle.ARCHIVE, presigned(session, bundle.bucket(), bundle.key()));
      return urls;
    }
    List<String> keys =
        AwsEdge.call(
            session,
            "s3:ListObjectsV2",
            () ->
                clients
                    .of(session)
                    .s3()
                    .listObjectsV2Paginator(r -> r.bucket(bundle.bucket()).prefix(bundle.key()))
                    .stream()
                    .limit(PAGES)
                    .flatMap(page -> page.contents().stream())
                    .map(S3Object::key)
                    .filter(key -> !key.endsWith("/"))
                    .limit(Bundle.MAX_FILES + 1L)
                    .toList());
    if (keys.isEmpty() || keys.size() > Bundle.MAX_FILES) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "ec2.s3BundleUrl: s3://%s/%s holds %s files; give a folder with 1 to %d, or a .tar.gz"
              .formatted(
                  bundle.bucket(),
                  bundle.key(),
                  keys.isEmpty() ? "no" : "too many",
                  Bundle.MAX_FILES));
    }
    for (String key : keys) {
      urls.put(bundle.path(key), presigned(session, bundle.bucket(), key));
    }
    return urls;
  }
}
