/** Which runners a pool has: observe, decide by pure functions, act (DESIGN sections 2 to 4). */
@NullMarked
package dev.flamepool.operator.pool;

import org.jspecify.annotations.NullMarked;
