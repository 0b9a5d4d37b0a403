package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.ec2.Web.Reply;
import dev.flamepool.simulators.ec2.Web.Request;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** EC2's query protocol: form in, XML out. */
final class Ec2Service implements Web.Service {
  private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
  private static final String XML = "text/xml;charset=UTF-8";

  private final Cloud cloud;
  private final Signature signature;
  private final Buckets buckets;
  private final RunInstances runInstances;
  private final CatalogueXml catalogue;

  Ec2Service(Cloud cloud, Faults faults, Signature signature) {
    this.cloud = cloud;
    this.signature = signature;
    this.buckets = new Buckets(cloud.options.clock());
    Catalogue known = new Catalogue(cloud.options);
    this.runInstances = new RunInstances(cloud, faults, known);
    this.catalogue = new CatalogueXml(known);
  }

  static Params params(Request request) {
    return new Params(Web.form(new String(request.body(), UTF_8)));
  }

  @Override
  public String operation(Request request) {
    return params(request).get("Action");
  }

  @Override
  public void admit(Request request) throws AwsError {
    signature.check(request, "ec2");
    Params p = params(request);
    if (!p.get("Version").equals("2016-11-15")) {
      throw AwsError.of("NoSuchVersion", "The requested version does not exist");
    }
    if (cloud.options.rateLimits() && !buckets.take(p.get("Action"), p)) {
      throw AwsError.of("RequestLimitExceeded");
    }
  }

  @Override
  public Reply serve(Request request, @Nullable Effect effect) throws AwsError {
    Params p = params(request);
    String action = p.get("Action");
    cloud.lock();
    try {
      cloud.settle();
      Consumer<Xml> content = content(action, p, effect);
      String body =
          Xml.document(
              action + "Response",
              NAMESPACE,
              xml -> {
                xml.put("requestId", UUID.randomUUID());
                content.accept(xml);
              });
      cloud.settle();
      return Reply.of(200, XML, body);
    } finally {
      cloud.unlock();
    }
  }

  @Override
  public Reply refusal(AwsError error, Request request) {
    String body =
        Xml.document(
            "Response",
            "",
            xml ->
                xml.in(
                        "Errors",
                        all ->
                            all.in(
                                "Error",
                                one -> one.put("Code", error.code()).put("Message", error.words())))
                    .put("RequestID", UUID.randomUUID()));
    return Reply.refusal(error, XML, body);
  }

  private Consumer<Xml> content(String action, Params p, @Nullable Effect effect) throws AwsError {
    if (p.is("DryRun") && !action.equals("RunInstances")) {
      throw AwsError.of("DryRunOperation");
    }
    return switch (action) {
      case "RunInstances" -> {
        List<Instance> launched = runInstances.run(p, effect);
        yield xml -> InstanceXml.reservation(xml, launched);
      }
      case "DescribeInstances" -> describe(p);
      case "TerminateInstances" -> terminate(p, effect);
      case "StopInstances" -> stop(p);
      case "GetConsoleOutput" -> console(p);
      case "CreateTags" -> createTags(p);
      default -> catalogue.content(action, p);
    };
  }

  private Consumer<Xml> describe(Params p) throws AwsError {
    List<String> ids = p.list("InstanceId");
    int limit = p.number("MaxResults", 0);
    if (!ids.isEmpty() && limit > 0) {
      throw AwsError.of(
          "InvalidParameterCombination",
          "The parameter instancesSet cannot be used with the parameter maxResults");
    }
    if (p.has("MaxResults") && (limit < 5 || limit > 1_000)) {
      throw AwsError.of(
          "InvalidParameterValue",
          "Value ( " + limit + " ) for parameter maxResults is invalid. Expecting 5 to 1000.");
    }
    Filters filters = new Filters(p);
    long after = after(p.get("NextToken"));
    List<Instance> found = new ArrayList<>();
    String next = "";
    for (Instance instance : ids.isEmpty() ? cloud.visible() : cloud.get(ids)) {
      if (instance.sequence > after && filters.test(instance)) {
        if (limit > 0 && found.size() == limit) {
          next = token(found.get(limit - 1).sequence);
          break;
        }
        found.add(instance);
      }
    }
    Map<String, List<Instance>> reservations = new LinkedHashMap<>();
    found.forEach(i -> reservations.computeIfAbsent(i.reservation, r -> new ArrayList<>()).add(i));
    String nextToken = next;
    return xml ->
        xml.list("reservationSet", reservations.values(), InstanceXml::reservation)
            .putIfAny("nextToken", nextToken);
  }

  private static String token(long sequence) {
    return Base64.getUrlEncoder().encodeToString(("after " + sequence).getBytes(UTF_8));
  }

  private static long after(String token) throws AwsError {
    if (token.isEmpty()) {
      return 0;
    }
    try {
      String words = new String(Base64.getUrlDecoder().decode(token), UTF_8);
      return Long.parseLong(words.substring("after ".length()));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw AwsError.of("InvalidNextToken", "The specified next token is invalid");
    }
  }

  private record Change(Instance instance, String before) {}

  private static Consumer<Xml> changes(List<Change> changes, String towards) {
    return xml ->
        xml.list(
            "instancesSet",
            changes,
            (item, change) -> {
              item.put("instanceId", change.instance().id);
              boolean rests = List.of("terminated", "stopped").contains(change.before());
              InstanceXml.state(item, "currentState", rests ? change.before() : towards);
              InstanceXml.state(item, "previousState", change.before());
            });
  }

  private Consumer<Xml> terminate(Params p, @Nullable Effect effect) throws AwsError {
    List<Instance> all = someOf(p);
    for (Instance instance : all) {
      if (instance.protectedFromTermination) {
        throw AwsError.of(
            "OperationNotPermitted",
            "The instance '"
                + instance.id
                + "' may not be terminated. Modify its 'disableApiTermination' instance attribute"
                + " and try again.");
      }
    }
    List<Change> changes = new ArrayList<>();
    for (Instance instance : all) {
      changes.add(new Change(instance, instance.state));
      if (effect instanceof Effect.StuckShuttingDown) {
        instance.stuckShuttingDown = true;
        cloud.save(instance);
      }
      boolean atOnce = p.is("SkipOsShutdown") || p.is("Force");
      cloud.terminate(instance, "Client.UserInitiatedShutdown", "User initiated shutdown", atOnce);
    }
    return changes(changes, "shutting-down");
  }

  private Consumer<Xml> stop(Params p) throws AwsError {
    List<Instance> all = someOf(p);
    for (Instance instance : all) {
      if (instance.spot) {
        throw AwsError.of(
            "UnsupportedOperation",
            "You can't stop the Spot Instance '"
                + instance.id
                + "' because it is associated with a one-time Spot Instance request.");
      } else if (!instance.isIn("running", "stopping", "stopped")) {
        throw AwsError.of(
            "IncorrectInstanceState",
            "The instance '" + instance.id + "' is not in a state from which it can be stopped.");
      }
    }
    List<Change> changes = new ArrayList<>();
    for (Instance instance : all) {
      changes.add(new Change(instance, instance.state));
      cloud.stop(instance, p.is("Force"));
    }
    return changes(changes, "stopping");
  }

  private List<Instance> someOf(Params p) throws AwsError {
    List<String> ids = p.list("InstanceId");
    if (ids.isEmpty()) {
      throw AwsError.of("MissingParameter", "The request must contain the parameter InstanceId");
    }
    return cloud.get(ids.stream().distinct().toList());
  }

  private Consumer<Xml> console(Params p) throws AwsError {
    Instance instance = cloud.get(List.of(p.must("InstanceId"))).get(0);
    if (p.is("Latest") && !InstanceType.of(instance.type).map(InstanceType::nitro).orElse(false)) {
      throw AwsError.of(
          "UnsupportedOperation",
          "This instance type does not support retrieving the latest console logs.");
    }
    String output = Base64.getMimeEncoder().encodeToString(cloud.console(instance, p.is("Latest")));
    return xml ->
        xml.put("instanceId", instance.id)
            .put("timestamp", InstanceXml.time(cloud.now()))
            .put("output", output);
  }

  private Consumer<Xml> createTags(Params p) throws AwsError {
    Map<String, String> tags = p.tags("Tag");
    List<Instance> all = cloud.get(p.list("ResourceId"));
    for (Instance instance : all) {
      Map<String, String> merged = new LinkedHashMap<>(instance.tags);
      merged.putAll(tags);
      LaunchRules.check(merged, merged.size());
    }
    for (Instance instance : all) {
      instance.tags.putAll(tags);
      cloud.save(instance);
    }
    return xml -> xml.put("return", true);
  }
}
