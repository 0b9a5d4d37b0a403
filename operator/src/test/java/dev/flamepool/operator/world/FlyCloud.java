package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.FlyServer;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import dev.flamepool.operator.credentials.CloudSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A world's cloud as Fly, with a client, a backend and credentials that are the real ones. */
final class FlyCloud implements World.BackendOf {
  private FlyServer server;

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
        new CloudSecrets(world.client(), world.namespace), server, world.clock, points);
  }

  FlyServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
