package dev.flamepool.operator.runner;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * {@code request.json} of a boot Secret: what was chosen for one attempt. Everything else that the
 * backend is asked for follows from the runner's spec, which never changes.
 *
 * @param token idempotency token
 * @param offering region, zone or type
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Request(String token, String offering) {}
