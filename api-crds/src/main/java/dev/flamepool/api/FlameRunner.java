package dev.flamepool.api;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** The operator's durable record of one machine, written before the machine exists. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("flamerunners")
@ShortNames("fr")
@Categories("flame")
@AdditionalPrinterColumn(name = "POOL", jsonPath = ".spec.pool", type = Type.STRING)
@AdditionalPrinterColumn(name = "PHASE", jsonPath = ".status.phase", type = Type.STRING)
@AdditionalPrinterColumn(name = "BACKEND", jsonPath = ".spec.backend.name", type = Type.STRING)
@AdditionalPrinterColumn(name = "MACHINE", jsonPath = ".status.machine.id", type = Type.STRING)
@AdditionalPrinterColumn(name = "ADDRESS", jsonPath = ".status.machine.address", type = Type.STRING)
@AdditionalPrinterColumn(name = "REASON", jsonPath = ".status.reason", type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class FlameRunner extends CustomResource<FlameRunnerSpec, FlameRunnerStatus>
    implements Namespaced {}
