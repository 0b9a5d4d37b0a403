/** What people and probes can ask the operator: alive, ready, metrics. */
package dev.flamepool.operator.health;
