package dev.flamepool.operator.runner;

import dev.flamepool.api.BackendEntry;

/** {@code request.json} of a boot Secret: what the backend is asked for, without secrets. */
record Request(String token, String offering, BackendEntry entry) {}
