/**
 * Fly Machines: the HTTP API with its documented limits, refusals and delays, each machine a
 * process of this host. {@link dev.flamepool.simulators.fly.FlySimulator} is the library, {@link
 * dev.flamepool.simulators.fly.Main} the process, {@link dev.flamepool.simulators.fly.Conformance}
 * the check of requests and answers against what Fly's OpenAPI document says.
 */
@NullMarked
package dev.flamepool.simulators.fly;

import org.jspecify.annotations.NullMarked;
