/**
 * The whole story on a real node: charts, an application's Deployment, runners that are its copies,
 * and what a cluster does to them. Everything runs in namespaces of Pod Security's level
 * restricted, with a read-only root.
 *
 * <p>It runs where {@code FLAMEPOOL_NODE_KUBECONFIG} names a cluster of one node that is nobody
 * else's. {@code FLAMEPOOL_NODE_ENTER} and {@code FLAMEPOOL_NODE_LOAD} are commands: the first runs
 * its arguments among the node's addresses, the second puts image archives on it. {@code helm} and
 * {@code kubectl} are on the PATH. The build has made the images, on the base that {@code
 * FLAMEPOOL_NODE_BASE} names.
 */
package dev.flamepool.e2e.node;
