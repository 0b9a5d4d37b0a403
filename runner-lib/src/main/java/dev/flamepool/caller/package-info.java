/**
 * The calling side: which runner gets which call, what waits, what a failure means. Not for
 * applications.
 */
@NullMarked
package dev.flamepool.caller;

import org.jspecify.annotations.NullMarked;
