package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunnerStatus;
import java.time.Duration;

/**
 * What follows from a sighting.
 *
 * @param status the status to be written, equal to the present one when nothing changed
 * @param again when to look again at the latest
 */
record Transition(FlameRunnerStatus status, Duration again) {}
