package dev.flamepool.simulators.ec2;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.flamepool.simulators.ec2.Web.Reply;
import dev.flamepool.simulators.ec2.Web.Request;
import dev.flamepool.simulators.ec2.Web.Service;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP in and out for four services behind one address: who asks, limit of rate, fault, effect. The
 * metadata service has its own paths, SSM its header, EC2 is asked by POST of a form to the root,
 * and the rest is S3.
 */
final class Edge implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

  private final Ec2Options options;
  private final Service ec2;
  private final Service imds;
  private final Service s3;
  private final Service ssm;
  private final Faults faults;
  private final Journal journal;

  Edge(
      Ec2Options options,
      Service ec2,
      Service imds,
      Service s3,
      Service ssm,
      Faults faults,
      Journal journal) {
    this.options = options;
    this.ec2 = ec2;
    this.imds = imds;
    this.s3 = s3;
    this.ssm = ssm;
    this.faults = faults;
    this.journal = journal;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = request(exchange);
      Service service = service(request);
      String operation = service.operation(request);
      Reply reply = reply(service, operation, request);
      journal.served(
          new Served(
              options.clock().instant(),
              operation,
              request.method(),
              path(request),
              service == ec2 ? parameters(request) : Map.of(),
              reply == null ? 0 : reply.status(),
              reply == null ? "" : reply.code()));
      if (reply != null) {
        send(exchange, reply);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Request request(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) ->
                headers.put(name.toLowerCase(Locale.ROOT), values.get(values.size() - 1)));
    return new Request(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        exchange.getRequestURI().getRawPath(),
        Web.form(exchange.getRequestURI().getRawQuery()),
        headers,
        exchange.getRequestBody().readAllBytes());
  }

  private Service service(Request request) {
    if (Imds.serves(request)) {
      return imds;
    } else if (!request.header(Ssm.TARGET).isEmpty()) {
      return ssm;
    }
    return request.path().equals("/") ? ec2 : s3;
  }

  /** The answer; none if the connection is to be closed. */
  private @Nullable Reply reply(Service service, String operation, Request request)
      throws InterruptedException {
    Effect effect = null;
    Reply reply;
    try {
      service.admit(request);
      effect = faults.take(operation).orElse(null);
      if (effect instanceof Effect.Refuse refuse) {
        throw AwsError.of(refuse.code());
      } else if (effect instanceof Effect.LoseRequest) {
        return null;
      } else if (effect instanceof Effect.Answer answer) {
        return Reply.of(answer.status(), "text/plain", answer.body());
      } else if (effect instanceof Effect.Delay delay) {
        TimeUnit.MILLISECONDS.sleep(delay.by().toMillis());
      }
      reply = service.serve(request, effect);
    } catch (AwsError refusal) {
      reply = service.refusal(refusal, request);
    } catch (RuntimeException e) {
      LOG.warn("{} failed", operation, e);
      reply = service.refusal(AwsError.of("InternalError", "The simulator failed: " + e), request);
    }
    return effect instanceof Effect.LoseResponse ? null : reply;
  }

  /** Without what a signature consists of. */
  private static String path(Request request) {
    StringBuilder path = new StringBuilder(request.rawPath());
    request
        .query()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("X-Amz-")) {
                path.append(path.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(value);
              }
            });
    return path.toString();
  }

  private static Map<String, String> parameters(Request request) {
    Map<String, String> all = new LinkedHashMap<>(Ec2Service.params(request).all());
    all.keySet().removeAll(List.of("UserData", "Action", "Version"));
    return Map.copyOf(all);
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.getResponseHeaders().set("x-amz-request-id", UUID.randomUUID().toString());
    byte[] body = reply.body();
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }
}
