/** Matrices of troubles: which of their many cells a run of the tests lives through. */
@NullMarked
package dev.flamepool.simulators.matrix;

import org.jspecify.annotations.NullMarked;
