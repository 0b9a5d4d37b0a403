package dev.flamepool.operator.backend.fly;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlyBackend;
import dev.flamepool.api.SecretKeyRef;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.Tenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The options of FLAME's FlyBackend with their defaults. Where a default of it is a value of the
 * parent that the operator cannot know, the option follows from another one (number of CPUs), or
 * from {@link Defaults} (app, image, token). Pure.
 */
final class FlyOptions {
  /** Fly's own API. */
  static final String HOST = "https://api.machines.dev";

  static final String CPU_KIND = "performance";
  static final int MEMORY_MB = 4096;

  private static final String SHARED = "shared";

  /** Most memory that Fly gives with one CPU. */
  private static final int MB_PER_CPU = 8192;

  private static final int MB_PER_SHARED_CPU = 2048;
  private static final Pattern APP = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

  private FlyOptions() {}

  /**
   * What is wrong with an entry, naming field, value and remedy. App, image and token may be
   * missing: {@link Defaults}.
   */
  static Optional<String> problem(BackendEntry entry, Endpoints endpoints) {
    FlyBackend fly = entry.fly();
    if (fly == null) {
      return Optional.of("the entry has no fly section");
    }
    if (fly.app() != null && !isApp(fly.app())) {
      return Optional.of(
          "fly.app: '%s' is no name of a Fly app; give the app that owns the machines"
              .formatted(fly.app()));
    }
    if (fly.image() != null && fly.image().isBlank()) {
      return Optional.of("fly.image: is blank; give the application's image");
    }
    if (fly.tokenSecretRef() != null && secret(fly).isEmpty()) {
      return Optional.of(
          "fly.tokenSecretRef: has no name or no key; give those of a Secret with a token of the"
              + " app, such as `fly tokens create deploy` prints");
    }
    int step = SHARED.equals(cpuKind(fly)) ? 256 : 1024;
    if (memoryMb(fly) % step != 0) {
      return Optional.of(
          "fly.memoryMb: %d must be a multiple of 1024, or of 256 with cpuKind shared"
              .formatted(memoryMb(fly)));
    }
    Optional<String> reserved =
        metadata(fly).keySet().stream()
            .filter(key -> key.startsWith(Ownership.PREFIX) || key.startsWith(Ownership.FLYS))
            .findFirst();
    if (reserved.isPresent()) {
      return Optional.of(
          "fly.metadata: %s is reserved; choose a key that begins neither with %s nor with %s"
              .formatted(reserved.get(), Ownership.PREFIX, Ownership.FLYS));
    }
    return isOwnHost(fly) || endpoints.allows(host(fly))
        ? Optional.empty()
        : Optional.of(
            "fly.host: %s is not allowed; start the operator with --allow-endpoints %s, or leave"
                    .formatted(host(fly), host(fly))
                + " host out");
  }

  /** What an entry lacks that no default was filled in for. */
  static Optional<String> missing(FlyBackend fly) {
    return fly.app() != null && fly.image() != null
        ? Optional.empty()
        : Optional.of("fly: app or image is missing from the runner's spec; give them in the pool");
  }

  /** Whether Fly can have given it to an app. */
  static boolean isApp(String name) {
    return APP.matcher(name).matches();
  }

  /** Without {@code /v1}, which some give with it. */
  static String host(FlyBackend fly) {
    return Endpoints.normal(fly.host() == null ? HOST : fly.host()).replaceAll("/v1$", "");
  }

  /** Whether requests go to Fly itself, whose words can be believed. */
  static boolean isOwnHost(FlyBackend fly) {
    return host(fly).equals(HOST);
  }

  static String cpuKind(FlyBackend fly) {
    return fly.cpuKind() == null ? CPU_KIND : fly.cpuKind();
  }

  static int memoryMb(FlyBackend fly) {
    return fly.memoryMb() == null ? MEMORY_MB : fly.memoryMb();
  }

  /**
   * As many as given, else as few as Fly gives so much memory with; it sells 1 and even numbers.
   */
  static int cpus(FlyBackend fly) {
    if (fly.cpus() != null) {
      return fly.cpus();
    }
    int each = SHARED.equals(cpuKind(fly)) ? MB_PER_SHARED_CPU : MB_PER_CPU;
    int least = Math.max(1, (memoryMb(fly) + each - 1) / each);
    return least == 1 ? 1 : least + least % 2;
  }

  /** As many as given, else 1; 0 without a kind of GPU. */
  static int gpus(FlyBackend fly) {
    if (fly.gpuKind() == null) {
      return 0;
    }
    return fly.gpus() == null ? 1 : fly.gpus();
  }

  /** In order of preference; the empty one lets Fly choose. */
  static List<String> regions(FlyBackend fly) {
    return fly.regions() == null || fly.regions().isEmpty() ? List.of("") : fly.regions();
  }

  static Map<String, String> metadata(FlyBackend fly) {
    return fly.metadata() == null ? Map.of() : fly.metadata();
  }

  /** Where the token lies; empty for the operator's own. */
  static Optional<SecretKeyRef> secret(FlyBackend fly) {
    return Optional.ofNullable(fly.tokenSecretRef())
        .filter(ref -> given(ref.name()) && given(ref.key()));
  }

  /** What a listing needs: the rest of the entry is of no account. */
  static Tenant account(Tenant tenant) {
    FlyBackend fly = tenant.entry().fly();
    FlyBackend reduced =
        new FlyBackend(
            fly.app(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            host(fly),
            null,
            null,
            null,
            null,
            fly.tokenSecretRef());
    return new Tenant(tenant.namespace(), new BackendEntry("fly", null, reduced, null, null, null));
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isEmpty();
  }
}
