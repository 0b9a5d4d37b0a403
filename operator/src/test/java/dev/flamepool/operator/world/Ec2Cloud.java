package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Ec2Server;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ec2.Ec2Fixtures;
import dev.flamepool.operator.backend.ec2.Ec2RunnerBackend;
import dev.flamepool.operator.credentials.CloudSecrets;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A world's cloud as EC2, with AWS's SDK, a backend and credentials that are the real ones. */
final class Ec2Cloud implements World.BackendOf {
  private Ec2Server server;
  private Ec2RunnerBackend life;

  @Override
  public RunnerBackend in(World world, CrashPoints points) {
    if (server == null) {
      try {
        server = new Ec2Server(world.cloud);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    end();
    life =
        Ec2Fixtures.backend(
            new CloudSecrets(world.client(), world.namespace), server, world.clock, points);
    return life;
  }

  Ec2Server server() {
    return server;
  }

  /** What {@link #spec} names. */
  void secret(World world) {
    world.secret("aws", Ec2Fixtures.keys());
  }

  /** The part of a pool's spec that makes runners here, in one subnet of two. */
  String spec() {
    return """
        , env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: aws, key: secretAccessKey}}}],
        backends: [{name: eu, ec2: {region: eu-central-1, app: thumbs, imageId: ami-1,
        s3BundleUrl: 's3://releases/thumbs.tar.gz', subnetIds: [subnet-full, subnet-a],
        securityGroupId: sg-a, ec2ServiceEndpoint: '%s', credentialsSecretRef: {name: aws}}}]"""
        .formatted(server.url())
        .replace("\n", " ");
  }

  /** What the life before had open has died with it. */
  private void end() {
    if (life != null) {
      life.close();
    }
  }

  /** It tells whose turn it is. */
  @Override
  public boolean isHeard() {
    return true;
  }

  @Override
  public void close() {
    end();
    server.close();
  }
}
