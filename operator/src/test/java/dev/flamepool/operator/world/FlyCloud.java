package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import dev.flamepool.operator.credentials.CloudSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;

/** A world's cloud as Fly, with a client, a backend and credentials that are the real ones. */
final class FlyCloud implements World.BackendOf {
  private FlyServer server;

  /** The operator's, for lives that start from now on; every namespace may use it. */
  Map<String, String> environment = Map.of();

  @Override
  public RunnerBackend in(World world, CrashPoints points) {
    if (server == null) {
      try {
        server = new FlyServer(world.cloud);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return FlyFixtures.backend(
        new CloudSecrets(world.client(), world.namespace),
        server,
        environment.isEmpty() ? Set.of() : Set.of(world.namespace),
        environment,
        world.clock,
        points);
  }

  FlyServer server() {
    return server;
  }

  /** An entry that makes runners there, with a token in Secret {@code fly}. */
  static String entry(FlyServer server) {
    return "{name: fra, fly: {app: thumbs, image: 'registry.fly.io/thumbs:v7', regions: [fra, ams],"
        + " host: '%s', tokenSecretRef: {name: fly, key: token}}}".formatted(server.url());
  }

  /** The part of a pool's spec that makes runners there. */
  static String spec(FlyServer server) {
    return ", env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: fly, key: token}}}], backends: [%s]"
        .formatted(entry(server));
  }

  /** It tells whose turn it is. */
  @Override
  public boolean isHeard() {
    return true;
  }

  @Override
  public void close() {
    server.close();
  }
}
