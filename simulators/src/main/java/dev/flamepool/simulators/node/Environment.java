package dev.flamepool.simulators.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A container's variables, as the kubelet composes them. */
final class Environment {
  private final Sources sources;
  private final Pod pod;
  private final String ip;

  Environment(Sources sources, Pod pod, String ip) {
    this.sources = sources;
    this.pod = pod;
    this.ip = ip;
  }

  /**
   * What the container declares; {@code known} can be referred to, and is part of it.
   *
   * @throws NotYet if a Secret, a ConfigMap or a key that is not optional is missing
   */
  Map<String, String> of(Container container, Map<String, String> known) throws NotYet {
    Map<String, String> all = new LinkedHashMap<>(known);
    for (EnvFromSource from : container.getEnvFrom()) {
      String prefix = Objects.requireNonNullElse(from.getPrefix(), "");
      imported(from).forEach((name, value) -> all.put(prefix + name, value));
    }
    Map<String, String> declared = new LinkedHashMap<>(known);
    for (EnvVar variable : container.getEnv()) {
      String value =
          variable.getValueFrom() == null
              ? Expansion.expand(Objects.requireNonNullElse(variable.getValue(), ""), declared)
              : from(container, variable.getValueFrom());
      if (value != null) {
        declared.put(variable.getName(), value);
      }
    }
    all.putAll(declared);
    return all;
  }

  private Map<String, String> imported(EnvFromSource from) throws NotYet {
    if (from.getSecretRef() != null) {
      boolean optional = Boolean.TRUE.equals(from.getSecretRef().getOptional());
      return text(sources.secret(namespace(), from.getSecretRef().getName(), optional));
    } else if (from.getConfigMapRef() != null) {
      boolean optional = Boolean.TRUE.equals(from.getConfigMapRef().getOptional());
      return text(sources.configMap(namespace(), from.getConfigMapRef().getName(), optional));
    }
    return Map.of();
  }

  private @Nullable String from(Container container, EnvVarSource from) throws NotYet {
    if (from.getFieldRef() != null) {
      return Fields.value(pod, ip, from.getFieldRef().getFieldPath());
    } else if (from.getResourceFieldRef() != null) {
      return Fields.resource(container, from.getResourceFieldRef());
    } else if (from.getSecretKeyRef() != null) {
      var ref = from.getSecretKeyRef();
      boolean optional = Boolean.TRUE.equals(ref.getOptional());
      Map<String, String> data = text(sources.secret(namespace(), ref.getName(), optional));
      return key(data, ref.getKey(), "Secret", ref.getName(), optional);
    } else if (from.getConfigMapKeyRef() != null) {
      var ref = from.getConfigMapKeyRef();
      boolean optional = Boolean.TRUE.equals(ref.getOptional());
      Map<String, String> data = text(sources.configMap(namespace(), ref.getName(), optional));
      return key(data, ref.getKey(), "ConfigMap", ref.getName(), optional);
    }
    return null;
  }

  private @Nullable String key(
      Map<String, String> data, String key, String kind, String name, boolean optional)
      throws NotYet {
    String value = data.get(key);
    if (value == null && !optional) {
      throw new NotYet("couldn't find key %s in %s %s/%s".formatted(key, kind, namespace(), name));
    }
    return value;
  }

  private static Map<String, String> text(@Nullable Secret secret) {
    Map<String, String> all = new LinkedHashMap<>();
    if (secret != null && secret.getData() != null) {
      secret
          .getData()
          .forEach((k, v) -> all.put(k, new String(Base64.getDecoder().decode(v), UTF_8)));
    }
    return all;
  }

  private static Map<String, String> text(@Nullable ConfigMap map) {
    return map == null || map.getData() == null ? Map.of() : map.getData();
  }

  private String namespace() {
    return pod.getMetadata().getNamespace();
  }
}
