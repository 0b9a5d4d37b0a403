package dev.flamepool.operator.backend.ec2;

import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.RateTokens;
import dev.flamepool.operator.backend.RateTokens.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/**
 * The calls of EC2 and SSM that runners need. Those of EC2 take a token of their own bucket first,
 * so that AWS need not refuse them; a call without a token is not sent. Thread-safe; blocks at most
 * {@link Ec2Clients#CALL}, a list as often as it has pages.
 */
final class Ec2Calls {
  private static final int PAGE = 1_000;

  /** More than any account has instances for, and an end of a list that has none. */
  private static final int PAGES = 40;

  private static final Duration SLOW_DOWN = Duration.ofSeconds(2);

  /** What EC2 limits by itself, below what it documents. */
  private enum Action {
    RUN(2, 5),
    DESCRIBE(10, 50),
    TERMINATE(5, 50),
    OTHER(5, 20);

    private final int perSecond;
    private final int burst;

    Action(int perSecond, int burst) {
      this.perSecond = perSecond;
      this.burst = burst;
    }

    private Limit limit() {
      return new Limit(perSecond, burst);
    }
  }

  /** With the whole identity: an access key's id is no secret, so others can name it. */
  private record Bucket(
      String region, Optional<String> endpoint, AwsCredentialsIdentity identity, Action action) {}

  private final Ec2Clients clients;
  private final RateTokens tokens;

  Ec2Calls(RateTokens tokens, Ec2Clients clients) {
    this.clients = clients;
    this.tokens = tokens;
  }

  // ---- instances

  /** Takes a turn for {@link #run}; until it has come nothing need be asked, and nothing made. */
  void awaitRun(Session session, MachineKey who) throws BackendException {
    Bucket bucket = bucket(session, Action.RUN);
    Limit limit = Action.RUN.limit();
    if (!tokens.take(bucket, limit, who).isZero()) {
      throw BackendException.limited(tooFast(session, Action.RUN), tokens.turn(bucket, limit, who));
    }
  }

  /** Asks for an instance, once, after {@link #awaitRun}. */
  Instance run(Session session, RunInstancesRequest request) throws AwsException, BackendException {
    List<software.amazon.awssdk.services.ec2.model.Instance> made =
        sent(
            session,
            Action.RUN,
            "RunInstances",
            () -> clients.of(session).run().runInstances(request).instances());
    if (made.isEmpty() || made.get(0).instanceId() == null) {
      throw new BackendException(Kind.AMBIGUOUS, "EC2 gave an answer without an instance");
    }
    return Instance.of(made.get(0));
  }

  /** All instances of an installation, those included that ended lately. */
  List<Instance> list(Session session, String installation) throws AwsException, BackendException {
    return described(
        session,
        DescribeInstancesRequest.builder()
            .filters(filter("tag:" + Ownership.MARKS.installation(), installation))
            .maxResults(PAGE)
            .build());
  }

  /** The instances made with a client token. */
  List<Instance> byToken(Session session, String token) throws AwsException, BackendException {
    return described(
        session,
        DescribeInstancesRequest.builder()
            .filters(filter("client-token", token))
            .maxResults(PAGE)
            .build());
  }

  /** One instance; empty when EC2 does not know it, or not yet. */
  Optional<Instance> get(Session session, String id) throws AwsException, BackendException {
    try {
      return described(session, DescribeInstancesRequest.builder().instanceIds(id).build()).stream()
          .findFirst();
    } catch (AwsException e) {
      if (e.error() == Ec2Error.NO_INSTANCE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<Instance> described(Session session, DescribeInstancesRequest request)
      throws AwsException, BackendException {
    List<Instance> all = new ArrayList<>();
    String next = null;
    int pages = 0;
    do {
      if (pages++ == PAGES) {
        throw new BackendException(
            Kind.AMBIGUOUS, "EC2 gave a list of more than %d pages".formatted(PAGES));
      }
      DescribeInstancesRequest page =
          next == null ? request : request.toBuilder().nextToken(next).build();
      var answer =
          limited(
              session,
              Action.DESCRIBE,
              "DescribeInstances",
              () -> clients.of(session).ec2().describeInstances(page));
      for (Reservation reservation : answer.reservations()) {
        reservation.instances().stream()
            .filter(instance -> instance.instanceId() != null)
            .map(Instance::of)
            .forEach(all::add);
      }
      next = answer.nextToken();
    } while (next != null && !next.isEmpty());
    return all;
  }

  /** Ends instances; EC2 ends all of them or, if it does not know one, none. */
  void terminate(Session session, Collection<String> ids) throws AwsException, BackendException {
    limited(
        session,
        Action.TERMINATE,
        "TerminateInstances",
        () -> clients.of(session).ec2().terminateInstances(r -> r.instanceIds(ids)));
  }

  /** The end of what an instance has written to its console, in base64; the newest if possible. */
  String console(Session session, String id) throws AwsException, BackendException {
    try {
      return console(session, id, true);
    } catch (AwsException e) {
      if (e.error() != Ec2Error.INVALID) {
        throw e;
      }
      return console(session, id, null); // types before Nitro have no newest
    }
  }

  private String console(Session session, String id, @Nullable Boolean latest)
      throws AwsException, BackendException {
    String text =
        limited(
            session,
            Action.OTHER,
            "GetConsoleOutput",
            () ->
                clients
                    .of(session)
                    .ec2()
                    .getConsoleOutput(
                        GetConsoleOutputRequest.builder().instanceId(id).latest(latest).build())
                    .output());
    return text == null ? "" : text;
  }

  // ---- what instances are made from

  /** An image. */
  Image image(Session session, String imageId) throws AwsException, BackendException {
    return limited(
            session,
            Action.OTHER,
            "DescribeImages",
            () -> clients.of(session).ec2().describeImages(r -> r.imageIds(imageId)).images())
        .stream()
        .findFirst()
        .orElseThrow(
            () ->
                new BackendException(
                    Kind.CONFIGURATION,
                    "ec2.imageId: %s is not there, or not for this account".formatted(imageId)));
  }

  /**
   * A version of a launch template.
   *
   * @param version a number, {@code $Default} or {@code $Latest}
   */
  Template template(Session session, String template, String version)
      throws AwsException, BackendException {
    return limited(
            session,
            Action.OTHER,
            "DescribeLaunchTemplateVersions",
            () ->
                clients
                    .of(session)
                    .ec2()
                    .describeLaunchTemplateVersions(
                        r -> r.launchTemplateId(template).versions(version).resolveAlias(true))
                    .launchTemplateVersions())
        .stream()
        .findFirst()
        .map(Template::of)
        .orElseThrow(
            () ->
                new BackendException(
                    Kind.CONFIGURATION,
                    "ec2.launchTemplateId: %s has no version %s".formatted(template, version)));
  }

  /** The value of an SSM parameter. */
  String parameter(Session session, String name) throws AwsException {
    return AwsEdge.call(
        session,
        "ssm:GetParameter",
        () -> clients.of(session).ssm().getParameter(r -> r.name(name)).parameter().value());
  }

  // ---- the edge

  private <T> T limited(Session session, Action action, String what, Supplier<T> call)
      throws AwsException, BackendException {
    if (!tokens.take(bucket(session, action), action.limit()).isZero()) {
      throw new BackendException(Kind.RATE_LIMITED, tooFast(session, action));
    }
    return sent(session, action, what, call);
  }

  private static Bucket bucket(Session session, Action action) {
    return new Bucket(session.region(), session.endpoint(), session.identity(), action);
  }

  private <T> T sent(Session session, Action action, String what, Supplier<T> call)
      throws AwsException {
    try {
      return AwsEdge.call(session, what, call);
    } catch (AwsException e) {
      if (e.error() == Ec2Error.TOO_FAST) {
        tokens.empty(
            bucket(session, action),
            action.limit(),
            SLOW_DOWN.plusMillis(ThreadLocalRandom.current().nextLong(500)));
        throw new AwsException(e.error(), tooFast(session, action)); // the same words every time
      }
      throw e;
    }
  }

  private static String tooFast(Session session, Action action) {
    return "waiting for a turn: EC2 takes only so many %s requests a second in %s"
        .formatted(action.name().toLowerCase(Locale.ROOT), session.region());
  }

  private static Filter filter(String name, String value) {
    return Filter.builder().name(name).values(value).build();
  }
}
