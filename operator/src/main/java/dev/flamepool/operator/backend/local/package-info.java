/** Runners as child processes of the operator (DESIGN section 8, "local"). */
package dev.flamepool.operator.backend.local;
