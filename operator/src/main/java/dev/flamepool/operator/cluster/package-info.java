/** All reads and writes of the Kubernetes API, behind one small class. */
@NullMarked
package dev.flamepool.operator.cluster;

import org.jspecify.annotations.NullMarked;
