package dev.flamepool.operator.pool;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a pool's runners come from.
 *
 * @param candidates in order of preference; empty when there is none
 * @param unresolved names of the entries of which nobody can tell now what runners would be made
 *     from; what was made from them before stays as it is
 * @param problem the first thing wrong, even if another candidate serves
 */
record Resolution(List<Candidate> candidates, Set<String> unresolved, Optional<Problem> problem) {}
