package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.PodNode;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.pod.PodLife;

/** A world's cloud as the node of its own cluster, with a client and a backend that are real. */
final class PodCloud implements World.BackendOf {
  private PodNode node;
  private PodLife life;

  @Override
  public RunnerBackend in(World world, CrashPoints points) {
    if (node == null) {
      node = new PodNode(world.client(), world.namespace, world.cloud);
    }
    close(); // the watch of the life before has died with it
    life = new PodLife(world.client(), world.namespace, world.clock);
    return life.backend();
  }

  PodNode node() {
    return node;
  }

  /** What {@link #spec} names. */
  void secret(World world) {
    world.secret("db", "password", "swordfish");
  }

  /** The part of a pool's spec that makes runners here. */
  String spec() {
    return """
        , env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}],
        backends: [{name: cluster, pod: {template: {spec: {containers: [{image: 'shop:v1'}]}}}}]"""
        .replace("\n", " ");
  }

  @Override
  public void catchUp() {
    node.work();
    life.hears(node.pods());
  }

  @Override
  public void close() {
    if (life != null) {
      life.close();
    }
  }
}
