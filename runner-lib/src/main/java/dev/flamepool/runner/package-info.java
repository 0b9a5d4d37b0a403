/** The runner: admits calls, executes them, and ends itself. */
@NullMarked
package dev.flamepool.runner;

import org.jspecify.annotations.NullMarked;
