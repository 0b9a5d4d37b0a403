package dev.flamepool.examples.quickstart;

/** A cloud without the cloud: its interface in this JVM, its machines processes of this host. */
interface SimulatedCloud extends AutoCloseable {
  /** What pools name as their endpoint. */
  String endpoint();

  /** Ends its machines, too. */
  @Override
  void close();
}
