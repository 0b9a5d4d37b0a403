/** What the CRDs' schema and rules refuse, checked once more where a server did not. */
@NullMarked
package dev.flamepool.operator.validation;

import org.jspecify.annotations.NullMarked;
