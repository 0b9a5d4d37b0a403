/** The last net: machines whose runner is no more (DESIGN section 3, "orphan sweep"). */
package dev.flamepool.operator.sweep;
