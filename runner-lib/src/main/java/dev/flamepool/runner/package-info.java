/** The runner: admits calls, executes them, and ends itself (DESIGN section 6). */
@NullMarked
package dev.flamepool.runner;

import org.jspecify.annotations.NullMarked;
