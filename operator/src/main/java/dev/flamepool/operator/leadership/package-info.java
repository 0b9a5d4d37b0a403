/** One operator of an installation acts at a time. */
@NullMarked
package dev.flamepool.operator.leadership;

import org.jspecify.annotations.NullMarked;
