package dev.flamepool.operator.backend.ec2;

import dev.flamepool.api.Ec2Backend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.CloudCredentials;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Logs tenants in: with their Secret as it is now to make something, with the copy to look after
 * what was made, and anew once that is refused. The operator's own credentials, and what its own
 * instance is, serve only the namespaces that its configuration lists.
 */
final class Sessions {
  static final String ACCESS_KEY = "accessKeyId";
  static final String SECRET_KEY = "secretAccessKey";
  static final String SESSION_TOKEN = "sessionToken";
  private static final List<String> KEYS = List.of(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN);

  /** What stands for the operator's own in a copy: which accounts there are must be remembered. */
  private static final Map<String, String> AMBIENT = Map.of("ambient", "true");

  /** Something that is done at AWS. */
  interface Work<T> {
    T with(Session session) throws AwsException, BackendException;
  }

  private final CloudCredentials credentials;
  private final Endpoints endpoints;
  private final Set<String> ambient;
  private final InstanceMetadata metadata;
  private @Nullable AwsCredentialsProvider own;

  /**
   * Sessions of tenants.
   *
   * @param ambient namespaces that may use the operator's own credentials and metadata
   */
  Sessions(
      CloudCredentials credentials,
      Endpoints endpoints,
      Set<String> ambient,
      InstanceMetadata metadata) {
    this.credentials = credentials;
    this.endpoints = endpoints;
    this.ambient = Set.copyOf(ambient);
    this.metadata = metadata;
  }

  /** What the operator's own instance is; refused to those it must not serve. */
  InstanceMetadata.Own own(Tenant tenant) throws BackendException {
    if (!ambient.contains(tenant.namespace())) {
      throw new BackendException(
          Kind.CONFIGURATION,
          ("ec2.autoConfigure: namespace %s may not use it; start the operator with"
                  + " --ambient-namespaces %s, or give every option")
              .formatted(tenant.namespace(), tenant.namespace()));
    }
    return metadata.get(allowed(tenant));
  }

  /** The region of a tenant's instances. */
  String region(Tenant tenant) throws BackendException {
    Ec2Backend ec2 = allowed(tenant);
    if (ec2.region() != null) {
      return ec2.region();
    }
    if (!Ec2Options.isAuto(ec2)) {
      throw new BackendException(Kind.CONFIGURATION, "ec2.region: is missing; give it");
    }
    return own(tenant).region();
  }

  /** What a tenant's instances are listed by. */
  Tenant account(Tenant tenant) throws BackendException {
    return Ec2Options.account(tenant, region(tenant));
  }

  /** With what the tenant's Secret holds now, copied before this returns. */
  Session open(Tenant tenant) throws BackendException {
    Ec2Backend ec2 = allowed(tenant);
    Tenant account = account(tenant);
    Optional<String> secret = Ec2Options.secret(ec2);
    if (secret.isEmpty()) {
      Session session = ambient(account, ec2);
      credentials.keep(account, AMBIENT);
      return session;
    }
    Map<String, String> values = credentials.open(account, secret.get(), KEYS);
    return session(account, ec2, values)
        .orElseThrow(
            () ->
                new BackendException(
                    Kind.CREDENTIALS,
                    ("ec2.credentialsSecretRef: namespace %s has no Secret %s with the keys %s and"
                            + " %s; create it")
                        .formatted(tenant.namespace(), secret.get(), ACCESS_KEY, SECRET_KEY)));
  }

  /** Something was done in a session. */
  void worked(Session session) {
    credentials.worked(session.account(), session.values());
  }

  /**
   * Does something with the copied credentials, those that worked last first; once more with the
   * tenant's if those are newer.
   */
  <T> T run(Tenant tenant, Work<T> work) throws BackendException {
    List<Session> refused = new ArrayList<>();
    AwsException refusal = null;
    for (Session session : kept(tenant)) {
      try {
        return done(session, work);
      } catch (AwsException e) {
        refusal = demandRefusal(tenant, e);
        refused.add(session);
      }
    }
    Session newer = newer(tenant, refusal);
    if (refusal != null
        && refused.stream().anyMatch(one -> one.identity().equals(newer.identity()))) {
      throw refusal.forBackend();
    }
    try {
      return done(newer, work);
    } catch (AwsException e) {
      throw e.forBackend();
    }
  }

  private <T> T done(Session session, Work<T> work) throws AwsException, BackendException {
    T result = work.with(session);
    worked(session);
    return result;
  }

  /** Other keys help only against a refusal of these, and the operator has no others. */
  private static AwsException demandRefusal(Tenant tenant, AwsException e) throws BackendException {
    if (e.error() != Ec2Error.NO_ACCESS || Ec2Options.secret(tenant.entry().ec2()).isEmpty()) {
      throw e.forBackend();
    }
    return e;
  }

  /** AWS's refusal says more than that the tenant's Secret has gone, too. */
  private Session newer(Tenant tenant, @Nullable AwsException refusal) throws BackendException {
    try {
      return open(tenant);
    } catch (BackendException e) {
      throw refusal == null ? e : refusal.forBackend();
    }
  }

  private List<Session> kept(Tenant tenant) throws BackendException {
    Ec2Backend ec2 = allowed(tenant);
    Tenant account = account(tenant);
    return Ec2Options.secret(ec2).isEmpty()
        ? List.of(ambient(account, ec2))
        : credentials.kept(account).stream()
            .flatMap(values -> session(account, ec2, values).stream())
            .toList();
  }

  private static Optional<Session> session(
      Tenant account, Ec2Backend ec2, Map<String, String> values) {
    String id = values.getOrDefault(ACCESS_KEY, "").strip();
    String secret = values.getOrDefault(SECRET_KEY, "").strip();
    String token = values.getOrDefault(SESSION_TOKEN, "").strip();
    if (id.isEmpty() || secret.isEmpty()) {
      return Optional.empty();
    }
    AwsCredentials identity =
        token.isEmpty()
            ? AwsBasicCredentials.create(id, secret)
            : AwsSessionCredentials.create(id, secret, token);
    return Optional.of(
        new Session(
            account,
            account.entry().ec2().region(),
            Ec2Options.endpoint(ec2),
            StaticCredentialsProvider.create(identity),
            identity,
            values));
  }

  private Session ambient(Tenant account, Ec2Backend ec2) throws BackendException {
    if (!ambient.contains(account.namespace())) {
      throw new BackendException(
          Kind.CREDENTIALS,
          ("ec2.credentialsSecretRef: is missing, and namespace %s may not use the operator's own"
                  + " credentials; give a Secret with the keys %s and %s, or start the operator"
                  + " with --ambient-namespaces %s")
              .formatted(account.namespace(), ACCESS_KEY, SECRET_KEY, account.namespace()));
    }
    try {
      AwsCredentialsProvider provider = own();
      return new Session(
          account,
          account.entry().ec2().region(),
          Ec2Options.endpoint(ec2),
          provider,
          provider.resolveCredentials(),
          AMBIENT);
    } catch (SdkClientException e) {
      throw new BackendException(
          Kind.CREDENTIALS,
          "the operator has no AWS credentials of its own: give it a role, or the pool"
              + " ec2.credentialsSecretRef",
          e);
    }
  }

  private synchronized AwsCredentialsProvider own() {
    if (own == null) {
      own = DefaultCredentialsProvider.builder().build();
    }
    return own;
  }

  /** What was allowed when an instance was made may not be any more. */
  private Ec2Backend allowed(Tenant tenant) throws BackendException {
    Ec2Backend ec2 = tenant.entry().ec2();
    if (ec2 == null) {
      throw new BackendException(Kind.CONFIGURATION, "the entry has no ec2 section");
    }
    for (Optional<String> url :
        List.of(Ec2Options.endpoint(ec2), Ec2Options.metadata(ec2), Ec2Options.token(ec2))) {
      if (url.isPresent() && !endpoints.allows(url.get())) {
        throw new BackendException(
            Kind.CONFIGURATION,
            "ec2: %s is not allowed; start the operator with --allow-endpoints %s"
                .formatted(url.get(), url.get()));
      }
    }
    return ec2;
  }
}
