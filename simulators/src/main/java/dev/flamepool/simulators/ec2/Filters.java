package dev.flamepool.simulators.ec2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters of DescribeInstances: all must match, each by one of its values; * and ? are wild. */
final class Filters implements Predicate<Instance> {
  private record Filter(String name, List<Pattern> values) {}

  private final List<Filter> filters = new ArrayList<>();

  Filters(Params p) throws AwsError {
    Instance any = new Instance();
    for (Params filter : p.structures("Filter")) {
      String name = filter.must("Name");
      List<String> values = filter.list("Value");
      if (of(any, name) == null) {
        throw AwsError.of("InvalidParameterValue", "The filter '" + name + "' is invalid");
      } else if (values.isEmpty() || values.size() > 200) {
        throw AwsError.of(
            "InvalidParameterValue", "The filter '" + name + "' needs 1 to 200 values");
      }
      filters.add(new Filter(name, values.stream().map(Filters::pattern).toList()));
    }
  }

  @Override
  public boolean test(Instance instance) {
    for (Filter filter : filters) {
      List<String> has = of(instance, filter.name());
      if (has == null
          || has.stream()
              .noneMatch(
                  value -> filter.values().stream().anyMatch(p -> p.matcher(value).matches()))) {
        return false;
      }
    }
    return true;
  }

  private static Pattern pattern(String value) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '*' -> pattern.append(".*");
        case '?' -> pattern.append('.');
        case '\\' -> {
          i++;
          pattern.append(Pattern.quote(i < value.length() ? value.substring(i, i + 1) : "\\"));
        }
        default -> pattern.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }

  /** What an instance has under a filter's name; null if there is no such filter. */
  private static @Nullable List<String> of(Instance i, String name) {
    if (name.startsWith("tag:")) {
      String value = i.tags.get(name.substring("tag:".length()));
      return value == null ? List.of() : List.of(value);
    }
    return switch (name) {
      case "tag-key" -> List.copyOf(i.tags.keySet());
      case "instance-state-name" -> List.of(i.state);
      case "instance-state-code" -> List.of(Integer.toString(i.stateCode()));
      case "client-token" -> List.of(i.token);
      case "instance-id" -> List.of(i.id);
      case "instance-type" -> List.of(i.type);
      case "instance-lifecycle" -> i.spot ? List.of("spot") : List.of();
      case "image-id" -> List.of(i.image);
      case "subnet-id", "network-interface.subnet-id" -> List.of(i.subnet);
      case "vpc-id" -> List.of(i.vpc);
      case "availability-zone" -> List.of(i.zone);
      case "private-ip-address" -> List.of(i.address);
      case "ip-address" -> i.publicAddress ? List.of(i.address) : List.of();
      case "reservation-id" -> List.of(i.reservation);
      case "key-name" -> List.of(i.keyName);
      case "instance.group-id", "group-id" -> i.groups;
      case "architecture" -> List.of(i.architecture);
      default -> null;
    };
  }
}
