/**
 * A node on this host: the scheduler and the kubelet of a cluster whose API server is elsewhere.
 * Pods are processes of this host, each on a loopback address of its own; what needs a kernel's
 * help (users, read-only file systems, limits) is not enforced.
 *
 * <p>What is known of a Pod lies in its status, as with a kubelet, and its processes are found
 * again by the machine runtime: so a killed simulator loses nothing. All decisions are taken on one
 * thread, the {@link dev.flamepool.simulators.node.NodeSimulator}'s loop.
 */
@NullMarked
package dev.flamepool.simulators.node;

import org.jspecify.annotations.NullMarked;
