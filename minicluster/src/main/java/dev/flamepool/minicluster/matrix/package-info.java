/** Matrices of troubles: which of their many cells a run of the tests lives through. */
package dev.flamepool.minicluster.matrix;
