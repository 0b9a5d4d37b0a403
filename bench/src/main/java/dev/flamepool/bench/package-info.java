/** Measures the call path and the cold start on this machine, beside a raw TCP echo. */
@NullMarked
package dev.flamepool.bench;

import org.jspecify.annotations.NullMarked;
