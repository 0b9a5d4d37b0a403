package dev.flamepool.operator.runner;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flamepool.api.BackendEntry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code request.json} of a boot Secret: what the backend is asked for, without secrets.
 *
 * @param secretEnv the variables whose values come from Secrets; null when there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Request(
    String token, String offering, BackendEntry entry, @Nullable Set<String> secretEnv) {}
