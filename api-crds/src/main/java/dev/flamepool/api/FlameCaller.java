package dev.flamepool.api;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** The demand of one process on one pool, written by the library only. It has no status. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("flamecallers")
@ShortNames("fc")
@AdditionalPrinterColumn(name = "POOL", jsonPath = ".spec.pool", type = Type.STRING)
@AdditionalPrinterColumn(name = "CALLS", jsonPath = ".spec.inFlight", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "QUEUED", jsonPath = ".spec.queued", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "CODE", jsonPath = ".spec.codeVersion", type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class FlameCaller extends CustomResource<FlameCallerSpec, Void> implements Namespaced {}
