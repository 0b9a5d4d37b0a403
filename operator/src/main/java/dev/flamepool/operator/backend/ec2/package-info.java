/**
 * Runners as EC2 instances: the calls of AWS's own SDK, each classified at the edge, and the
 * backend above them. Options, requests, classification of errors and what an instance boots from
 * are pure functions.
 */
@NullMarked
package dev.flamepool.operator.backend.ec2;

import org.jspecify.annotations.NullMarked;
