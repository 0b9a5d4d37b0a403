package dev.flamepool.simulators.ec2;

import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.ssm.SsmClient;

/** The AWS SDK as an operator uses it: no repetition of its own, one pool of connections. */
@SuppressWarnings("unchecked") // the SDK takes its builders as varargs
final class Aws implements AutoCloseable {
  private final SdkHttpClient http = Apache5HttpClient.create();
  private final StaticCredentialsProvider credentials;
  private final URI endpoint;
  final Ec2Client ec2;
  final S3Client s3;
  final S3Presigner presigner;
  final SsmClient ssm;

  Aws(URI endpoint) {
    this(endpoint, AwsBasicCredentials.create("AKIATEST", "secret"));
  }

  Aws(URI endpoint, AwsCredentials who) {
    this.endpoint = endpoint;
    credentials = StaticCredentialsProvider.create(who);
    ec2 = ec2(Region.EU_CENTRAL_1);
    s3 =
        S3Client.builder()
            .endpointOverride(endpoint)
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(credentials)
            .httpClient(http)
            .forcePathStyle(true)
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    presigner =
        S3Presigner.builder()
            .endpointOverride(endpoint)
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(credentials)
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .build();
    ssm =
        SsmClient.builder()
            .endpointOverride(endpoint)
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(credentials)
            .httpClient(http)
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }

  Ec2Client ec2(Region region) {
    return Ec2Client.builder()
        .endpointOverride(endpoint)
        .region(region)
        .credentialsProvider(credentials)
        .httpClient(http)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** One instance as an operator asks for it. */
  static RunInstancesRequest.Builder one(String token) {
    return RunInstancesRequest.builder()
        .minCount(1)
        .maxCount(1)
        .imageId("ami-0a")
        .instanceType("t3.nano")
        .clientToken(token)
        .instanceInitiatedShutdownBehavior("terminate")
        .networkInterfaces(n -> n.deviceIndex(0).subnetId("subnet-a").groups("sg-1", "sg-2"))
        .metadataOptions(m -> m.httpTokens("required"))
        .tagSpecifications(
            t ->
                t.resourceType("instance").tags(Tag.builder().key("pool").value("thumbs").build()));
  }

  Instance run(RunInstancesRequest.Builder request) {
    return ec2.runInstances(request.build()).instances().get(0);
  }

  Instance run(String token) {
    return run(one(token));
  }

  static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  Instance describe(String id) {
    return ec2.describeInstances(d -> d.instanceIds(id)).reservations().get(0).instances().get(0);
  }

  InstanceStateName state(String id) {
    return describe(id).state().name();
  }

  /** Ids by a filter. */
  List<String> find(String filter, String... values) {
    return ec2
        .describeInstances(d -> d.filters(f -> f.name(filter).values(values)))
        .reservations()
        .stream()
        .flatMap(r -> r.instances().stream())
        .map(Instance::instanceId)
        .toList();
  }

  void terminate(String... ids) {
    ec2.terminateInstances(t -> t.instanceIds(ids));
  }

  /** Asserts a refusal. */
  static void refused(int status, String code, ThrowingCallable call) {
    refused(status, code, words -> {}, call);
  }

  static void refused(int status, String code, Consumer<String> words, ThrowingCallable call) {
    Assertions.assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            e -> {
              Assertions.assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
              Assertions.assertThat(e.statusCode()).isEqualTo(status);
              words.accept(e.awsErrorDetails().errorMessage());
            });
  }

  @Override
  public void close() {
    presigner.close();
    http.close();
  }
}
