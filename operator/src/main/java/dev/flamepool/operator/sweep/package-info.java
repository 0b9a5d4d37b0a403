/** The last net: machines whose runner is no more. */
package dev.flamepool.operator.sweep;
