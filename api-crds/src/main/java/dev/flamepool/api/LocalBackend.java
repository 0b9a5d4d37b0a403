package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Runners as child processes on the operator's host. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.command) || !(has(self.classPath) || has(self.mainClass) ||"
            + " has(self.jvmOptions))",
    message = "command replaces classPath, mainClass and jvmOptions: give one or the other")
public record LocalBackend(
    @JsonPropertyDescription(
            "Class path of the runner. The operator's --local-class-path unless given.")
        @Size(max = 32768) String classPath,
    @JsonPropertyDescription("Main class. dev.flamepool.RunnerMain unless given.") @Size(max = 512) String mainClass,
    @JsonPropertyDescription("Options of the runner's JVM.") @Size(max = 64) List<@Size(max = 1024) String> jvmOptions,
    @JsonPropertyDescription("The whole command, instead of the above.") @Size(min = 1, max = 64) List<@Size(max = 4096) String> command,
    @JsonPropertyDescription("Working directory. The runner's own folder unless given.")
        @Size(max = 4096) String directory) {}
