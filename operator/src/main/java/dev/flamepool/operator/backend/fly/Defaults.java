package dev.flamepool.operator.backend.fly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.cluster.Json;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The operator's own app, image and token, as Fly puts them into the environment: what entries of
 * some namespaces mean where they leave them out. App and image become part of a runner's spec, so
 * that another environment changes no machine that exists. Immutable.
 *
 * @param namespaces that may use them
 * @param environment the operator's; holds a secret
 */
record Defaults(Set<String> namespaces, Map<String, String> environment) {
  private static final String APP = "FLY_APP_NAME";
  private static final String IMAGE = "FLY_IMAGE_REF";
  private static final String TOKEN = "FLY_API_TOKEN";

  /** Copies what counts of what it is given. */
  Defaults {
    namespaces = Set.copyOf(namespaces);
    Map<String, String> own = new TreeMap<>(environment);
    own.keySet().retainAll(Set.of(APP, IMAGE, TOKEN));
    environment = Map.copyOf(own);
  }

  /**
   * The entry with app and image, its own or these.
   *
   * @throws BackendException if something is missing, also a token
   */
  BackendEntry fillIn(String namespace, BackendEntry entry) throws BackendException {
    FlyBackend fly = entry.fly();
    if (FlyOptions.secret(fly).isEmpty()) {
      token(namespace);
    }
    if (fly.app() != null && fly.image() != null) {
      return entry;
    }
    ObjectNode full = (ObjectNode) Json.tree(fly);
    if (fly.app() == null) {
      full.put("app", app(namespace));
    }
    if (fly.image() == null) {
      full.put("image", own(namespace, "image", IMAGE, "the application's image"));
    }
    return new BackendEntry(
        entry.name(), entry.ref(), Json.value(full, FlyBackend.class), null, null, null);
  }

  /** The token for entries that name no Secret. */
  String token(String namespace) throws BackendException {
    try {
      return own(
          namespace,
          "tokenSecretRef",
          TOKEN,
          "name and key of a Secret with a token of the app, such as `fly tokens create deploy`"
              + " prints");
    } catch (BackendException e) {
      throw new BackendException(Kind.CREDENTIALS, e.getMessage());
    }
  }

  private String app(String namespace) throws BackendException {
    String app = own(namespace, "app", APP, "the Fly app that owns the machines");
    if (!FlyOptions.isApp(app)) {
      throw new BackendException(
          Kind.CONFIGURATION,
          "fly.app: is missing, and the operator's %s '%s' is no name of a Fly app; give it"
              .formatted(APP, app));
    }
    return app;
  }

  private String own(String namespace, String field, String variable, String what)
      throws BackendException {
    if (!namespaces.contains(namespace)) {
      throw new BackendException(
          Kind.CONFIGURATION,
          ("fly.%s: is missing; give %s. Only an operator that is started with"
                  + " --ambient-namespaces %s takes its own %s for it")
              .formatted(field, what, namespace, variable));
    }
    return Optional.ofNullable(environment.get(variable))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                new BackendException(
                    Kind.CONFIGURATION,
                    "fly.%s: is missing, and the operator has no %s in its environment; give %s"
                        .formatted(field, variable, what)));
  }

  /** Without the values. */
  @Override
  public String toString() {
    return "Defaults" + namespaces;
  }
}
