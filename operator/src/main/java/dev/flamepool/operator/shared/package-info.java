/** FlameBackends: what pools share, whether it can be used, and by whom it is. */
@org.jspecify.annotations.NullMarked
package dev.flamepool.operator.shared;
