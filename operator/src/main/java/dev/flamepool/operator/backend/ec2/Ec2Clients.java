package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.TimedDns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.Ec2ClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.SsmClientBuilder;

/**
 * The SDK's clients, by region, endpoint and credentials, over one pool of connections. A foreign
 * endpoint stands for EC2, SSM and S3 (paths, not host names) alike. Thread-safe.
 */
final class Ec2Clients implements AutoCloseable {
  /** The longest that a call takes, its repetitions by the SDK among it. */
  static final Duration CALL = Duration.ofSeconds(40);

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(30);
  private static final int MAX = 64;

  /** The SDK would read the same variables in its own way. */
  private static final ProxyConfiguration NO_OTHERS =
      ProxyConfiguration.builder()
          .useEnvironmentVariableValues(false)
          .useSystemPropertyValues(false)
          .build();

  /**
   * What one session calls.
   *
   * @param run the client of RunInstances, which never sends a request again by itself: the SDK
   *     takes a lack of capacity for a failure that passes
   * @param ec2 for everything else
   */
  record Set(Ec2Client run, Ec2Client ec2, S3Client s3, S3Presigner presigner, SsmClient ssm) {}

  private record Key(
      String region, Optional<String> endpoint, AwsCredentialsIdentity credentials) {}

  /** What the requests go through, made when it is needed first. */
  private final Supplier<SdkHttpClient> maker;

  /** An operator without EC2 pools does not load the SDK. */
  private @Nullable SdkHttpClient http;

  /** Ends calls that take too long; a client without it would have five threads of its own. */
  private final ScheduledExecutorService timer = timer();

  /** What is dropped needs no closing: the connections and the timer are shared. */
  private final Map<Key, Set> sets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Set> eldest) {
          return size() > MAX;
        }
      };

  Ec2Clients(Supplier<SdkHttpClient> http) {
    this.maker = http;
  }

  /** One pool of connections to whatever a session names, through these proxies. */
  static Apache5HttpClient.Builder connections(Proxies proxies) {
    BasicCredentialsProvider logins = new BasicCredentialsProvider();
    for (InetSocketAddress proxy : proxies.withLogin()) {
      PasswordAuthentication login =
          proxies.login(proxy.getHostString(), proxy.getPort()).orElseThrow();
      logins.setCredentials(
          new AuthScope(proxy.getHostString(), proxy.getPort()),
          new UsernamePasswordCredentials(login.getUserName(), login.getPassword()));
    }
    return Apache5HttpClient.builder()
        .connectionTimeout(CONNECT)
        .socketTimeout(READ)
        .maxConnections(64)
        .dnsResolver(new Hosts())
        .httpRoutePlanner(new SystemDefaultRoutePlanner(proxies))
        .credentialsProvider(logins)
        .proxyConfiguration(NO_OTHERS);
  }

  /** Looks hosts up in a bounded time. */
  private static final class Hosts implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return TimedDns.SYSTEM.lookup(host).toArray(InetAddress[]::new);
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return TimedDns.SYSTEM.lookup(host).get(0).getCanonicalHostName();
    }
  }

  private static ScheduledExecutorService timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "ec2-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  Set of(Session session) {
    synchronized (sets) {
      return sets.computeIfAbsent(
          new Key(session.region(), session.endpoint(), session.identity()), key -> make(session));
    }
  }

  private Set make(Session session) {
    if (http == null) {
      http = maker.get();
    }
    S3Configuration paths =
        S3Configuration.builder().pathStyleAccessEnabled(!session.own()).build();
    S3ClientBuilder s3 =
        base(S3Client.builder(), session, AwsRetryStrategy.standardRetryStrategy())
            .httpClient(http)
            .serviceConfiguration(paths)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED);
    S3Presigner.Builder presigner =
        S3Presigner.builder()
            .region(Region.of(session.region()))
            .credentialsProvider(session.credentials())
            .serviceConfiguration(paths);
    session.endpoint().map(URI::create).ifPresent(presigner::endpointOverride);
    Ec2ClientBuilder run = base(Ec2Client.builder(), session, AwsRetryStrategy.doNotRetry());
    Ec2ClientBuilder ec2 =
        base(Ec2Client.builder(), session, AwsRetryStrategy.standardRetryStrategy());
    SsmClientBuilder ssm =
        base(SsmClient.builder(), session, AwsRetryStrategy.standardRetryStrategy());
    return new Set(
        run.httpClient(http).build(),
        ec2.httpClient(http).build(),
        s3.build(),
        presigner.build(),
        ssm.httpClient(http).build());
  }

  private <B extends AwsClientBuilder<B, ?>> B base(
      B builder, Session session, RetryStrategy retries) {
    B base =
        builder
            .region(Region.of(session.region()))
            .credentialsProvider(session.credentials())
            .overrideConfiguration(
                ClientOverrideConfiguration.builder()
                    .retryStrategy(retries)
                    .apiCallTimeout(CALL)
                    .addExecutionInterceptor(new BoundedAnswers())
                    .scheduledExecutorService(timer)
                    .build());
    return session.endpoint().map(URI::create).map(base::endpointOverride).orElse(base);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (sets) {
      if (http != null) {
        http.close();
      }
    }
  }
}
