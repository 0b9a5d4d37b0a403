/**
 * The four kinds of FlamePool (group {@code flamepool.dev/v1alpha1}) as immutable records, and the
 * one parser for their durations.
 *
 * <p>Every field has one writer: specs of pools and backends are the user's, everything else the
 * operator's, except {@link dev.flamepool.api.FlameCaller}, which only the library writes.
 */
package dev.flamepool.api;
