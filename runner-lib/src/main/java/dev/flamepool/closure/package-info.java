/** Takes a closure apart into a call site and its captured values, and puts it together again. */
@NullMarked
package dev.flamepool.closure;

import org.jspecify.annotations.NullMarked;
