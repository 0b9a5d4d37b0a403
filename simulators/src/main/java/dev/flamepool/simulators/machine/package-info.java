/**
 * Where a simulated cloud's machines run: as processes of this host, or scripted under a test's
 * clock. Every simulated cloud uses it; none of it knows a cloud.
 *
 * <p>There is no container and no virtual machine. A real machine is a process of the simulator's
 * user with an environment, a folder and a loopback address of its own; {@link
 * dev.flamepool.simulators.machine.GuestFiles} stands in for a file system of its own.
 */
@NullMarked
package dev.flamepool.simulators.machine;

import org.jspecify.annotations.NullMarked;
