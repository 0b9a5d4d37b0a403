package dev.flamepool.simulators.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flamepool.simulators.machine.FileTrees;
import dev.flamepool.simulators.machine.GuestFile;
import dev.flamepool.simulators.machine.GuestFiles;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Pod's volumes as folders of this host, {@code <folder>/<uid>/<volume>}. They are filled once,
 * before the first container: what changes later is not seen.
 */
final class Volumes {
  private static final int DEFAULT_MODE = 0644;

  private final Path folder;
  private final Sources sources;

  Volumes(Path folder, Sources sources) {
    this.folder = folder;
    this.sources = sources;
  }

  /**
   * Fills them.
   *
   * @throws NotYet if something that is not optional is missing
   */
  void fill(Pod pod, String ip) throws NotYet {
    for (Volume volume : pod.getSpec().getVolumes()) {
      try {
        fill(pod, ip, volume);
      } catch (NotYet missing) {
        throw new NotYet(
            "MountVolume.SetUp failed for volume \"%s\" : %s"
                .formatted(volume.getName(), missing.getMessage()));
      } catch (IOException | IllegalArgumentException e) {
        throw new NotYet(
            "MountVolume.SetUp failed for volume \"%s\" : %s".formatted(volume.getName(), e));
      }
    }
  }

  private void fill(Pod pod, String ip, Volume volume) throws NotYet, IOException {
    Path here = of(pod).resolve(volume.getName());
    List<GuestFile> files = new ArrayList<>();
    if (volume.getSecret() != null) {
      var from = volume.getSecret();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      int mode = mode(from.getDefaultMode(), DEFAULT_MODE);
      String namespace = pod.getMetadata().getNamespace();
      Secret secret = sources.secret(namespace, from.getSecretName(), optional);
      String what = "secret \"" + from.getSecretName() + "\"";
      add(files, data(secret), from.getItems(), mode, optional, what);
    } else if (volume.getConfigMap() != null) {
      var from = volume.getConfigMap();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      int mode = mode(from.getDefaultMode(), DEFAULT_MODE);
      ConfigMap map = sources.configMap(pod.getMetadata().getNamespace(), from.getName(), optional);
      String what = "configmap \"" + from.getName() + "\"";
      add(files, data(map), from.getItems(), mode, optional, what);
    } else if (volume.getProjected() != null) {
      int mode = mode(volume.getProjected().getDefaultMode(), DEFAULT_MODE);
      for (VolumeProjection source : volume.getProjected().getSources()) {
        project(pod, ip, source, mode, files);
      }
    } else if (volume.getDownwardAPI() != null) {
      int mode = mode(volume.getDownwardAPI().getDefaultMode(), DEFAULT_MODE);
      downward(pod, ip, volume.getDownwardAPI().getItems(), mode, files);
    } else if (volume.getHostPath() != null) {
      Files.createDirectories(here.getParent());
      if (!Files.isSymbolicLink(here)) {
        Files.createSymbolicLink(here, Path.of(volume.getHostPath().getPath()));
      }
      return;
    } else if (volume.getEmptyDir() == null) {
      throw new NotYet("volumes of this kind are not simulated");
    }
    Files.createDirectories(here);
    new GuestFiles(here, files).write(files);
  }

  private void project(Pod pod, String ip, VolumeProjection source, int mode, List<GuestFile> files)
      throws NotYet {
    String namespace = pod.getMetadata().getNamespace();
    if (source.getSecret() != null) {
      var from = source.getSecret();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      Secret secret = sources.secret(namespace, from.getName(), optional);
      String what = "secret \"" + from.getName() + "\"";
      add(files, data(secret), from.getItems(), mode, optional, what);
    } else if (source.getConfigMap() != null) {
      var from = source.getConfigMap();
      boolean optional = Boolean.TRUE.equals(from.getOptional());
      ConfigMap map = sources.configMap(namespace, from.getName(), optional);
      String what = "configmap \"" + from.getName() + "\"";
      add(files, data(map), from.getItems(), mode, optional, what);
    } else if (source.getDownwardAPI() != null) {
      downward(pod, ip, source.getDownwardAPI().getItems(), mode, files);
    } else if (source.getServiceAccountToken() != null) {
      String token = sources.token(pod, source.getServiceAccountToken());
      // The kubelet makes tokens their owner's only, whatever the mode.
      files.add(file(source.getServiceAccountToken().getPath(), token.getBytes(UTF_8), 0600));
    } else {
      throw new NotYet("projections of this kind are not simulated");
    }
  }

  private static void downward(
      Pod pod, String ip, List<DownwardAPIVolumeFile> items, int mode, List<GuestFile> files)
      throws NotYet {
    for (DownwardAPIVolumeFile item : items) {
      if (item.getFieldRef() == null) {
        throw new NotYet("files of resourceFieldRef are not simulated");
      }
      String value = Fields.value(pod, ip, item.getFieldRef().getFieldPath());
      files.add(file(item.getPath(), value.getBytes(UTF_8), mode(item.getMode(), mode)));
    }
  }

  private static void add(
      List<GuestFile> files,
      Map<String, byte[]> data,
      List<KeyToPath> items,
      int mode,
      boolean optional,
      String what)
      throws NotYet {
    if (items.isEmpty()) {
      data.forEach((key, bytes) -> files.add(file(key, bytes, mode)));
    }
    for (KeyToPath item : items) {
      byte[] bytes = data.get(item.getKey());
      if (bytes != null) {
        files.add(file(item.getPath(), bytes, mode(item.getMode(), mode)));
      } else if (!optional) {
        throw new NotYet("references non-existent " + what + " key: " + item.getKey());
      }
    }
  }

  private static Map<String, byte[]> data(@Nullable Secret secret) {
    Map<String, byte[]> all = new TreeMap<>();
    if (secret != null && secret.getData() != null) {
      secret.getData().forEach((k, v) -> all.put(k, Base64.getDecoder().decode(v)));
    }
    return all;
  }

  private static Map<String, byte[]> data(@Nullable ConfigMap map) {
    Map<String, byte[]> all = new TreeMap<>();
    if (map != null && map.getData() != null) {
      map.getData().forEach((k, v) -> all.put(k, v.getBytes(UTF_8)));
    }
    if (map != null && map.getBinaryData() != null) {
      map.getBinaryData().forEach((k, v) -> all.put(k, Base64.getDecoder().decode(v)));
    }
    return all;
  }

  private static GuestFile file(String path, byte[] bytes, int mode) {
    return new GuestFile("/" + path, Base64.getEncoder().encodeToString(bytes), mode);
  }

  private static int mode(@Nullable Integer given, int otherwise) {
    return Objects.requireNonNullElse(given, otherwise);
  }

  /** What a container sees: mount path to folder or file. */
  Map<String, Path> mounts(Pod pod, Container container, Map<String, String> env)
      throws IOException {
    Map<String, Path> all = new TreeMap<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path volume = of(pod).resolve(mount.getName());
      String below = Objects.requireNonNullElse(mount.getSubPath(), "");
      if (mount.getSubPathExpr() != null && !mount.getSubPathExpr().isEmpty()) {
        below = Expansion.expand(mount.getSubPathExpr(), env);
      }
      Path target = volume.resolve(below);
      if (!Files.exists(target)) {
        Files.createDirectories(target);
      }
      all.put(mount.getMountPath().replaceAll("(?<=.)/+$", ""), target);
    }
    return all;
  }

  /** A home for the Pod's processes; no volume has such a name. */
  Path home(Pod pod) throws IOException {
    return Files.createDirectories(of(pod).resolve(".home"));
  }

  void remove(String uid) throws IOException {
    FileTrees.delete(folder.resolve(uid));
  }

  private Path of(Pod pod) {
    return folder.resolve(pod.getMetadata().getUid());
  }
}
