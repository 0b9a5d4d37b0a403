package dev.flamepool.caller;

/**
 * What this process needs of a pool: a level, never an event.
 *
 * @param inFlight calls on runners, averaged over 10 s
 * @param queued calls that no ready runner could take
 * @param idleSeconds since the last call, rounded up; 0 while calls run or wait
 * @param codeVersion of the application
 */
public record Demand(int inFlight, int queued, int idleSeconds, String codeVersion) {}
