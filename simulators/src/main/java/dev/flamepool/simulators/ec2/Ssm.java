package dev.flamepool.simulators.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.simulators.ec2.Web.Reply;
import dev.flamepool.simulators.ec2.Web.Request;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** GetParameter and GetParameters, in JSON. */
final class Ssm implements Web.Service {
  static final String TARGET = "x-amz-target";
  private static final String TYPE = "application/x-amz-json-1.1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Ec2Options options;
  private final Signature signature;

  Ssm(Ec2Options options, Signature signature) {
    this.options = options;
    this.signature = signature;
  }

  @Override
  public String operation(Request request) {
    return "ssm:" + request.header(TARGET).replace("AmazonSSM.", "");
  }

  @Override
  public void admit(Request request) throws AwsError {
    signature.check(request, "ssm");
  }

  @Override
  public Reply serve(Request request, @Nullable Effect effect) throws AwsError {
    JsonNode asked;
    try {
      asked = JSON.readTree(request.body());
    } catch (IOException e) {
      throw AwsError.of("SerializationException", "The body is no JSON");
    }
    ObjectNode answer = JSON.createObjectNode();
    Map<String, String> known = options.parameters();
    switch (operation(request)) {
      case "ssm:GetParameter" -> {
        String name = asked.path("Name").asText();
        if (!known.containsKey(name)) {
          throw AwsError.of("ParameterNotFound", "Parameter " + name + " not found.");
        }
        parameter(answer.putObject("Parameter"), name);
      }
      case "ssm:GetParameters" -> {
        var found = answer.putArray("Parameters");
        var missing = answer.putArray("InvalidParameters");
        if (asked.path("Names").size() > 10) {
          throw AwsError.of("ValidationException", "Names must have at most 10 elements");
        }
        asked
            .path("Names")
            .forEach(
                name -> {
                  if (known.containsKey(name.asText())) {
                    parameter(found.addObject(), name.asText());
                  } else {
                    missing.add(name);
                  }
                });
      }
      default -> throw AwsError.of("UnknownOperationException", "There is no such operation");
    }
    return Reply.of(200, TYPE, answer.toString());
  }

  private void parameter(ObjectNode answer, String name) {
    answer
        .put("Name", name)
        .put("Type", "String")
        .put("Value", options.parameters().getOrDefault(name, ""))
        .put("Version", 1)
        .put("DataType", "text")
        .put("ARN", "arn:aws:ssm:" + options.region() + "::parameter" + name);
  }

  @Override
  public Reply refusal(AwsError error, Request request) {
    String body =
        JSON.createObjectNode()
            .put("__type", error.code())
            .put("message", error.words())
            .toString();
    return new Reply(
        error.status(),
        error.code(),
        Map.of("Content-Type", TYPE, "x-amzn-ErrorType", error.code()),
        body.getBytes(UTF_8));
  }
}
