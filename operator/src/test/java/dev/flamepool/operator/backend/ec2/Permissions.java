package dev.flamepool.operator.backend.ec2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IAM's actions: those that the documentation asks for, and those that calls need. */
final class Permissions {
  private static final Path PAGE = Path.of("../docs/backend-ec2.md");
  private static final Pattern POLICY = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ACTION = Pattern.compile("`((?:ec2|s3|ssm|iam|kms):[A-Za-z*]+)`");

  /** Actions that have another name than their call. */
  private static final Map<String, String> OTHER =
      Map.of("s3:ListObjectsV2", "s3:ListBucket", "s3:HeadObject", "s3:GetObject");

  private Permissions() {}

  /** The actions of the policy. */
  static Set<String> policy() throws IOException {
    Matcher json = POLICY.matcher(Files.readString(PAGE));
    if (!json.find()) {
      throw new IOException(PAGE + " holds no policy");
    }
    Set<String> actions = new TreeSet<>();
    for (JsonNode statement : new ObjectMapper().readTree(json.group(1)).path("Statement")) {
      JsonNode action = statement.path("Action");
      if (action.isTextual()) {
        actions.add(action.asText());
      }
      action.forEach(one -> actions.add(one.asText()));
    }
    return actions;
  }

  /** The actions that the page names outside the policy, each with what it is for. */
  static Set<String> table() throws IOException {
    Set<String> actions = new TreeSet<>();
    Matcher action = ACTION.matcher(POLICY.matcher(Files.readString(PAGE)).replaceAll(""));
    while (action.find()) {
      actions.add(action.group(1));
    }
    return actions;
  }

  /** The action that a call of a service needs. */
  static String of(String service, String call) {
    String name = service + ":" + Character.toUpperCase(call.charAt(0)) + call.substring(1);
    return OTHER.getOrDefault(name, name);
  }
}
