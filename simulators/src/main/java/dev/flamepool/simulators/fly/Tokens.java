package dev.flamepool.simulators.fly;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may call what: 401 without a good token, 403 beyond its reach, 404 without the app. */
final class Tokens {
  private final Map<String, Set<String>> known;
  private final List<String> foreignApps;
  private final Apps apps;

  Tokens(FlyOptions options, Apps apps) {
    known = options.tokens();
    foreignApps = options.foreignApps();
    this.apps = apps;
  }

  /**
   * Lets a call pass.
   *
   * @param authorization the header, empty if it is missing
   * @param app which it concerns, empty for none
   */
  void check(String authorization, String app) throws FlyError {
    List<String> tokens = tokens(authorization);
    if (tokens.isEmpty() || (!known.isEmpty() && tokens.stream().noneMatch(known::containsKey))) {
      throw FlyError.recorded("invalid_token");
    }
    if (app.isEmpty()) {
      return;
    }
    if (foreignApps.contains(app)
        || (!known.isEmpty() && tokens.stream().noneMatch(t -> reaches(t, app)))) {
      throw FlyError.recorded("unauthorized");
    }
    if (!apps.has(app)) {
      throw FlyError.recorded("app_not_found");
    }
  }

  private boolean reaches(String token, String app) {
    Set<String> reach = known.get(token);
    return reach != null && (reach.isEmpty() || reach.contains(app));
  }

  /** {@code Bearer one}, or {@code FlyV1 one,another}; a scheme within a scheme is none. */
  private static List<String> tokens(String authorization) {
    String[] words = authorization.strip().split(" +", -1);
    if (words.length != 2) {
      return List.of();
    }
    return switch (words[0]) {
      case "Bearer" -> List.of(words[1]);
      case "FlyV1" -> Arrays.stream(words[1].split(",", -1)).filter(t -> !t.isEmpty()).toList();
      default -> List.of();
    };
  }
}
