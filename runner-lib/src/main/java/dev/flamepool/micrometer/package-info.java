/** Meters of calls, for applications that have Micrometer. */
@NullMarked
package dev.flamepool.micrometer;

import org.jspecify.annotations.NullMarked;
