package dev.flamepool.operator.backend.fly;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.BoundedStream;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Proxies;
import dev.flamepool.operator.backend.RateTokens;
import dev.flamepool.operator.backend.RateTokens.Limit;
import dev.flamepool.operator.backend.TimedDns;
import dev.flamepool.operator.backend.TooLongException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import okhttp3.Credentials;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.Route;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of the Machines API that runners need. Every call takes a token of its own bucket
 * first, so that Fly need not refuse it, and creates do not starve deletes; a call without a token
 * is not sent. Never tries a create again. Thread-safe; blocks at most {@link #CALL}.
 */
final class FlyClient {
  /** The longest that a call takes. */
  static final Duration CALL = Duration.ofSeconds(40);

  private static final Logger LOG = LoggerFactory.getLogger(FlyClient.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(30);
  private static final Duration SLOW_DOWN = Duration.ofSeconds(1);
  private static final Duration SLOW_DOWN_MOST = Duration.ofMinutes(1);

  /** Of a list: it is read machine by machine, and little is kept of each. */
  private static final long MAX_LIST = 64L << 20;

  /** Of a machine, with the files that are given to it. */
  private static final long MAX_MACHINE = 4L << 20;

  private static final int MAX_MACHINES = 20_000;
  private static final String PROXY_LOGIN = "Proxy-Authorization";
  private static final int MAX_ERROR = 64 << 10;
  private static final MediaType TYPE = MediaType.get("application/json");
  private static final JsonMapper JSON = new JsonMapper();

  /** What is limited by itself, and how: as Fly documents it. */
  private enum Action {
    CREATE(1, 3),
    LIST(1, 3),
    GET(5, 10),
    STOP(1, 3),
    DELETE(1, 3);

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

  /** With the token, so that nobody drains another's bucket with a token that is none. */
  private record Bucket(String host, String app, FlyToken token, Action action, String machine) {}

  private final OkHttpClient creates;
  private final OkHttpClient others;
  private final RateTokens tokens;

  /**
   * A client on top of another, whose connections and interceptors it shares.
   *
   * @param proxies that it goes through
   */
  FlyClient(OkHttpClient base, Proxies proxies, RateTokens tokens, Clock clock) {
    this.tokens = tokens;
    this.creates =
        base.newBuilder()
            .connectTimeout(CONNECT)
            .readTimeout(READ)
            .writeTimeout(READ)
            .callTimeout(CALL)
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .cookieJar(new Cookies(clock))
            .proxySelector(proxies)
            .proxyAuthenticator((route, asked) -> login(proxies, route, asked))
            .build();
    this.others = creates.newBuilder().retryOnConnectionFailure(true).build();
  }

  /** Connections to whatever a session names. */
  static OkHttpClient connections() {
    return new OkHttpClient.Builder().dns(TimedDns.SYSTEM::lookup).build();
  }

  /** The same request with what a proxy wants to hear; null when it has heard that already. */
  private static @Nullable Request login(Proxies proxies, @Nullable Route route, Response asked) {
    if (route == null || asked.request().header(PROXY_LOGIN) != null) {
      return null;
    }
    InetSocketAddress proxy = (InetSocketAddress) route.proxy().address();
    return proxies
        .login(proxy.getHostString(), proxy.getPort())
        .map(
            login ->
                asked
                    .request()
                    .newBuilder()
                    .header(
                        PROXY_LOGIN,
                        Credentials.basic(login.getUserName(), new String(login.getPassword())))
                    .build())
        .orElse(null);
  }

  /** Closes idle connections. */
  void close() {
    creates.dispatcher().executorService().shutdown();
    creates.connectionPool().evictAll();
  }

  /** Takes a turn for {@link #create}; until it has come nothing need be asked. */
  void await(Session session, MachineKey who) throws BackendException {
    Bucket bucket = bucket(session, Action.CREATE, "");
    Limit limit = Action.CREATE.limit();
    if (!tokens.take(bucket, limit, who).isZero()) {
      throw BackendException.limited(
          tooFast(session, Action.CREATE), tokens.turn(bucket, limit, who));
    }
  }

  /** Asks for a machine, after {@link #await}. */
  FlyMachine create(Session session, byte[] body) throws FlyException, BackendException {
    HttpUrl url = machines(session).build();
    Request request = request(session, url).post(json(body)).build();
    return machine(sent(session, Action.CREATE, "", request, FlyClient::one));
  }

  /** The living machines of an installation in an app. */
  List<FlyMachine> list(Session session, String installation)
      throws FlyException, BackendException {
    HttpUrl url =
        machines(session)
            .addQueryParameter("metadata." + Ownership.MARKS.installation(), installation)
            .build();
    return call(session, Action.LIST, "", request(session, url).get().build(), FlyClient::all);
  }

  /** A machine, also one that is destroyed; empty when Fly does not know it. */
  Optional<FlyMachine> get(Session session, String id) throws FlyException, BackendException {
    if (!FlyMachine.isId(id)) {
      return Optional.empty(); // Fly gives no such ids
    }
    try {
      return Optional.of(
          machine(
              call(
                  session,
                  Action.GET,
                  id,
                  request(session, url(session, id)).build(),
                  FlyClient::one)));
    } catch (FlyException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Sends SIGTERM; harmless for a machine that is gone or not running. */
  void stop(Session session, String id, Duration grace) throws FlyException, BackendException {
    if (!FlyMachine.isId(id)) {
      return;
    }
    HttpUrl url = machines(session).addPathSegment(id).addPathSegment("stop").build();
    byte[] body =
        JSON.createObjectNode()
            .put("signal", "SIGTERM")
            .put("timeout", CreateRequest.seconds(grace.toMillis()))
            .toString()
            .getBytes(UTF_8);
    harmless(session, Action.STOP, id, request(session, url).post(json(body)).build());
  }

  /** Destroys a machine, running or not; harmless when it is gone. */
  void destroy(Session session, String id) throws FlyException, BackendException {
    if (!FlyMachine.isId(id)) {
      return; // "..", say, would be the app
    }
    HttpUrl url = machines(session).addPathSegment(id).addQueryParameter("force", "true").build();
    harmless(session, Action.DELETE, id, request(session, url).delete().build());
  }

  private void harmless(Session session, Action action, String id, Request request)
      throws FlyException, BackendException {
    try {
      call(session, action, id, request, FlyClient::one);
    } catch (FlyException e) {
      boolean notRunning = action == Action.STOP && e.meaning() == FlyError.Meaning.NOT_YET;
      if (!isMissing(e) && !notRunning) {
        throw e;
      }
    }
  }

  /** An app that is gone has taken its machines with it. */
  private static boolean isMissing(FlyException e) {
    return e.meaning() == FlyError.Meaning.NO_MACHINE || e.meaning() == FlyError.Meaning.NO_APP;
  }

  /** Reads an answer. */
  private interface Body<T> {
    T read(InputStream answer) throws IOException, BackendException;
  }

  private <T> T call(Session session, Action action, String machine, Request request, Body<T> body)
      throws FlyException, BackendException {
    if (!tokens.take(bucket(session, action, machine), action.limit()).isZero()) {
      throw new BackendException(Kind.RATE_LIMITED, tooFast(session, action));
    }
    return sent(session, action, machine, request, body);
  }

  private static Bucket bucket(Session session, Action action, String machine) {
    return new Bucket(session.host(), session.app(), session.token(), action, machine);
  }

  private <T> T sent(Session session, Action action, String machine, Request request, Body<T> body)
      throws FlyException, BackendException {
    OkHttpClient client = action == Action.CREATE ? creates : others;
    try (Response response = client.newCall(request).execute()) {
      if (response.isSuccessful()) {
        return read(response, body);
      }
      throw failure(session, action, bucket(session, action, machine), response);
    } catch (IOException e) {
      LOG.info("fly app {}: {} got no answer: {}", session.app(), action, e.toString());
      throw new BackendException(
          Kind.AMBIGUOUS,
          "no answer from %s: %s".formatted(session.host(), e.getClass().getSimpleName()),
          e);
    }
  }

  private FlyException failure(Session session, Action action, Bucket bucket, Response response)
      throws IOException {
    String text = session.token().redact(text(response));
    FlyError any = FlyError.of(response.code(), text);
    FlyError error = action == Action.CREATE ? any.forCreate() : any;
    String id = response.header("fly-request-id", "none");
    LOG.info(
        "fly app {}: {} {} answered HTTP {} ({}), fly-request-id {}{}",
        session.app(),
        action,
        bucket.machine(),
        response.code(),
        error.meaning(),
        printable(id),
        session.own() ? ": " + error.words() : "");
    if (error.meaning() == FlyError.Meaning.TOO_FAST) {
      tokens.empty(bucket, action.limit(), pause(response));
      return new FlyException(error, tooFast(session, action)); // the same words every time
    }
    return new FlyException(
        error,
        error.remedy()
            + (session.own()
                ? "Fly says: %s (HTTP %d, fly-request-id %s)"
                    .formatted(error.words(), response.code(), printable(id))
                : "%s answered HTTP %d (%s)"
                    .formatted(session.host(), response.code(), error.meaning())));
  }

  private static String tooFast(Session session, Action action) {
    return "waiting for a turn: Fly takes only so many %s requests a second for app %s"
        .formatted(action.name().toLowerCase(Locale.ROOT), session.app());
  }

  private static Duration pause(Response response) {
    Duration jitter = Duration.ofMillis(ThreadLocalRandom.current().nextLong(500));
    try {
      Duration told =
          Duration.ofSeconds(Long.parseLong(response.header("Retry-After", "0").strip()));
      if (told.compareTo(SLOW_DOWN) > 0) {
        return (told.compareTo(SLOW_DOWN_MOST) < 0 ? told : SLOW_DOWN_MOST).plus(jitter);
      }
    } catch (NumberFormatException e) {
      // a date, or nonsense
    }
    return SLOW_DOWN.plus(jitter);
  }

  private static String printable(@Nullable String id) {
    return id != null && id.matches("[A-Za-z0-9_.-]{1,80}") ? id : "none";
  }

  private static <T> T read(Response response, Body<T> body) throws IOException, BackendException {
    try (InputStream answer = response.body().byteStream()) {
      return body.read(answer);
    } catch (TooLongException e) {
      throw unexpected(e.getMessage());
    } catch (JsonProcessingException e) {
      throw unexpected("an answer that is no JSON"); // without the cause: it would quote it
    }
  }

  private static JsonNode one(InputStream answer) throws IOException {
    JsonNode json = JSON.readTree(new BoundedStream(answer, MAX_MACHINE));
    return json == null ? JSON.missingNode() : json;
  }

  private static List<FlyMachine> all(InputStream answer) throws IOException, BackendException {
    BoundedStream bounded = new BoundedStream(answer, MAX_LIST);
    List<FlyMachine> machines = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(bounded)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw unexpected("a list that is no array");
      }
      for (int read = 0; parser.nextToken() != JsonToken.END_ARRAY; read++) {
        if (read == MAX_MACHINES) {
          throw unexpected("a list of more than " + MAX_MACHINES + " machines");
        }
        bounded.nextPart(MAX_MACHINE);
        FlyMachine.of(parser.<JsonNode>readValueAsTree()).ifPresent(machines::add);
      }
    }
    return machines;
  }

  private static String text(Response response) throws IOException {
    BufferedSource source = response.body().source();
    source.request(MAX_ERROR);
    return source.getBuffer().readUtf8(Math.min(MAX_ERROR, source.getBuffer().size()));
  }

  private static FlyMachine machine(JsonNode json) throws BackendException {
    return FlyMachine.of(json).orElseThrow(() -> unexpected("an answer that is no machine"));
  }

  /** A success that says nothing: what was asked for may have been done. */
  private static BackendException unexpected(String what) {
    return new BackendException(Kind.AMBIGUOUS, "Fly gave " + what);
  }

  private static RequestBody json(byte[] body) {
    return RequestBody.create(body, TYPE);
  }

  private static Request.Builder request(Session session, HttpUrl url) {
    return new Request.Builder()
        .url(url)
        .header("Authorization", session.token().header())
        .header("Accept", "application/json");
  }

  private static HttpUrl url(Session session, String id) {
    return machines(session).addPathSegment(id).build();
  }

  private static HttpUrl.Builder machines(Session session) {
    return HttpUrl.get(session.host())
        .newBuilder()
        .addPathSegment("v1")
        .addPathSegment("apps")
        .addPathSegment(session.app())
        .addPathSegment("machines");
  }
}
