package dev.flamepool.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** Runners as Fly machines, with every option of FLAME's FlyBackend. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.memoryMb) || self.memoryMb % (has(self.cpuKind) && self.cpuKind == 'shared' ?"
            + " 256 : 1024) == 0",
    fieldPath = ".memoryMb",
    reason = "FieldValueInvalid",
    message = "memoryMb must be a multiple of 1024, or of 256 with cpuKind shared")
@ValidationRule(
    value = "!has(self.gpus) || has(self.gpuKind)",
    fieldPath = ".gpus",
    reason = "FieldValueInvalid",
    message = "gpus counts the GPUs of gpuKind: give gpuKind as well, or remove gpus")
public record FlyBackend(
    @JsonPropertyDescription("The Fly app that owns the machines.")
        @Size(min = 1, max = 63) @Pattern(DnsNames.LABEL) String app,
    @JsonPropertyDescription("Image of the application.") @Size(min = 1, max = 1024) String image,
    @JsonPropertyDescription("Regions in order of preference.") @Size(max = 16) List<@Size(max = 8) @Pattern("^[a-z]{3}$") String> regions,
    @JsonPropertyDescription("performance unless given.")
        @Pattern("^(performance|shared)$") @Size(max = 16) String cpuKind,
    @JsonPropertyDescription("Number of CPUs.") @Min(1) @Max(128) Integer cpus,
    @JsonPropertyDescription("Memory in MiB; 4096 unless given.") @Min(256) @Max(524288) Integer memoryMb,
    @JsonPropertyDescription("Kind of GPU, as Fly names it. Fly sells none at present.")
        @Size(max = 32) String gpuKind,
    @JsonPropertyDescription("Number of GPUs; 1 unless given with gpuKind.") @Min(1) @Max(8) Integer gpus,
    @JsonPropertyDescription("Machines API, https://api.machines.dev unless given.")
        @Pattern("^https?://.+$") @Size(max = 512)
        String host,
    @JsonPropertyDescription("The init object of the create call.") Init init,
    @JsonPropertyDescription("The services of the create call.")
        @Size(max = 16) @PreserveUnknownFields
        List<Map<String, Object>> services,
    @JsonPropertyDescription("The checks of the create call, by name.")
        @Size(max = 8) @PreserveUnknownFields
        Map<String, Map<String, Object>> checks,
    @JsonPropertyDescription("Metadata of the machines.") @Size(max = 32) Map<String, @Size(max = 1024) String> metadata,
    @JsonPropertyDescription("The Fly API token.") SecretKeyRef tokenSecretRef) {

  /** How a machine starts its process. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Init(
      @Size(max = 64) List<@Size(max = 4096) String> cmd,
      @Size(max = 64) List<@Size(max = 4096) String> entrypoint,
      @Size(max = 64) List<@Size(max = 4096) String> exec,
      @JsonProperty("kernelArgs") @Size(max = 64) List<@Size(max = 1024) String> kernelArgs,
      @Min(0) @Max(1048576) Integer swapSizeMb,
      Boolean tty) {}
}
