/**
 * Runners as Pods of the cluster that the operator serves: what a Pod is made from and what its
 * status means are pure functions, the I/O is a thin shell around them.
 */
@NullMarked
package dev.flamepool.operator.backend.pod;

import org.jspecify.annotations.NullMarked;
