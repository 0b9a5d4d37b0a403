/** Runners as child processes of the operator. */
package dev.flamepool.operator.backend.local;
