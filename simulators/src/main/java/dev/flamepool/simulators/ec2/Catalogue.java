package dev.flamepool.simulators.ec2;

import dev.flamepool.simulators.ec2.Ec2Options.Image;
import dev.flamepool.simulators.ec2.Ec2Options.LaunchTemplate;
import dev.flamepool.simulators.ec2.Ec2Options.Subnet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What an account has beside instances. What is not given in options exists if its form is right.
 */
final class Catalogue {
  /** A version of a launch template. */
  record Version(LaunchTemplate template, int number, Params parameters) {}

  private final Ec2Options options;

  Catalogue(Ec2Options options) {
    this.options = options;
  }

  /** Whether a name exists: it is given, or nothing of its kind is. */
  static boolean knows(Collection<String> given, String name) {
    return given.isEmpty() || given.contains(name);
  }

  /** A subnet; the first, or one that stands for the default subnet, if none is asked for. */
  Subnet subnet(String id) throws AwsError {
    Map<String, Subnet> given = options.subnets();
    if (id.isEmpty()) {
      return given.values().stream().findFirst().orElseGet(() -> standIn("subnet-0defa017"));
    }
    Subnet known = given.get(id);
    if (known != null) {
      return known;
    }
    if (!given.isEmpty() || !id.matches("subnet-[0-9a-z]+")) {
      throw AwsError.of("InvalidSubnetID.NotFound", "The subnet ID '" + id + "' does not exist");
    }
    return standIn(id);
  }

  private Subnet standIn(String id) {
    return new Subnet(id, options.region() + "a", "vpc-0a", false, 250);
  }

  /** Those asked for, else all that are given. */
  List<Subnet> subnets(List<String> ids) throws AwsError {
    if (ids.isEmpty()) {
      return List.copyOf(options.subnets().values());
    }
    List<Subnet> found = new ArrayList<>();
    for (String id : ids) {
      found.add(subnet(id));
    }
    return found;
  }

  List<Image> images(List<String> ids) throws AwsError {
    Map<String, Image> given = options.images();
    if (ids.isEmpty()) {
      return List.copyOf(given.values());
    }
    List<Image> found = new ArrayList<>();
    for (String id : ids) {
      if (!id.matches("ami-[0-9a-f]+")) {
        throw AwsError.of("InvalidAMIID.Malformed", "Invalid id: \"" + id + "\"");
      } else if (!given.isEmpty() && !given.containsKey(id)) {
        throw AwsError.of("InvalidAMIID.NotFound", "The image id '[" + id + "]' does not exist");
      }
      found.add(given.getOrDefault(id, new Image(id, "x86_64")));
    }
    return found;
  }

  List<String> groups(List<String> ids) throws AwsError {
    if (ids.isEmpty()) {
      return List.copyOf(options.groups());
    }
    for (String id : ids) {
      if (!id.matches("sg-[0-9a-z]+") || !knows(options.groups(), id)) {
        throw AwsError.of(
            "InvalidGroup.NotFound", "The security group '" + id + "' does not exist");
      }
    }
    return ids;
  }

  List<InstanceType> types(List<String> names) throws AwsError {
    List<InstanceType> found = new ArrayList<>();
    for (String name : names) {
      found.add(
          InstanceType.of(name)
              .orElseThrow(
                  () ->
                      AwsError.of(
                          "InvalidInstanceType",
                          "The following supplied instance types do not exist: [" + name + "]")));
    }
    return found;
  }

  /** The parameters with those of the launch template that they name below them. */
  Params withTemplate(Params asked) throws AwsError {
    if (!asked.hasAny("LaunchTemplate")) {
      return asked;
    }
    Params named = asked.in("LaunchTemplate");
    Version version =
        version(
            template(named.get("LaunchTemplateId"), named.get("LaunchTemplateName")),
            named.has("Version") ? named.get("Version") : "$Default");
    Map<String, String> merged = new LinkedHashMap<>();
    version
        .parameters()
        .all()
        .forEach(
            (name, value) -> {
              if (!isOverridden(asked, name)) {
                merged.put(name, value);
              }
            });
    merged.putAll(asked.all());
    return new Params(merged);
  }

  /** A list is replaced as a whole, tags are not. */
  private static boolean isOverridden(Params asked, String name) {
    int dot = name.indexOf('.');
    return dot > 0 && !name.startsWith("TagSpecification") && asked.hasAny(name.substring(0, dot));
  }

  private LaunchTemplate template(String id, String name) throws AwsError {
    Stream<LaunchTemplate> all = options.templates().stream();
    if (!id.isEmpty()) {
      Optional<LaunchTemplate> found = all.filter(t -> t.id().equals(id)).findFirst();
      return found.orElseThrow(
          () ->
              AwsError.of(
                  "InvalidLaunchTemplateId.NotFound",
                  "The specified launch template, with template ID " + id + ", does not exist."));
    }
    return all.filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                AwsError.of(
                    "InvalidLaunchTemplateName.NotFoundException",
                    "At least one of the launch templates specified in the request does not"
                        + " exist."));
  }

  private static Version version(LaunchTemplate template, String asked) throws AwsError {
    int number =
        switch (asked) {
          case "$Default" -> 1;
          case "$Latest" -> template.versions().size();
          default -> asked.matches("[0-9]{1,9}") ? Integer.parseInt(asked) : 0;
        };
    if (number < 1 || number > template.versions().size()) {
      throw AwsError.of(
          "InvalidLaunchTemplateId.VersionNotFound",
          "Could not find the specified version " + asked + " for the launch template");
    }
    return new Version(
        template, number, new Params(new TreeMap<>(template.versions().get(number - 1))));
  }

  /** The templates of these ids, else all. */
  List<LaunchTemplate> templates(List<String> ids) throws AwsError {
    if (ids.isEmpty()) {
      return options.templates();
    }
    List<LaunchTemplate> found = new ArrayList<>();
    for (String id : ids) {
      found.add(template(id, ""));
    }
    return found;
  }

  List<Version> versions(Params asked) throws AwsError {
    LaunchTemplate template =
        template(asked.get("LaunchTemplateId"), asked.get("LaunchTemplateName"));
    List<String> numbers = asked.list("LaunchTemplateVersion");
    List<Version> found = new ArrayList<>();
    if (numbers.isEmpty()) {
      for (int i = 1; i <= template.versions().size(); i++) {
        found.add(version(template, Integer.toString(i)));
      }
    }
    for (String number : numbers) {
      found.add(version(template, number));
    }
    return found;
  }
}
