/**
 * EC2 with the bits of IMDS, S3 and SSM that its instances need: the HTTP interfaces with their
 * documented limits, refusals and delays, each instance a process of this host that runs its user
 * data. {@link dev.flamepool.simulators.ec2.Ec2Simulator} is the library, {@link
 * dev.flamepool.simulators.ec2.Main} the process.
 */
@NullMarked
package dev.flamepool.simulators.ec2;

import org.jspecify.annotations.NullMarked;
