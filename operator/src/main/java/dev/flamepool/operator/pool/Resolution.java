package dev.flamepool.operator.pool;

import java.util.List;
import java.util.Optional;

/**
 * Where a pool's runners come from.
 *
 * @param candidates in order of preference; empty when there is none
 * @param problem the first thing wrong, even if another candidate serves
 */
record Resolution(List<Candidate> candidates, Optional<Problem> problem) {}
