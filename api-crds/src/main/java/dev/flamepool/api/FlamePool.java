package dev.flamepool.api;

import static io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** The intent: how many runners of what kind a pool may have, and how calls on them behave. */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("flamepools")
@ShortNames("fp")
@Categories("flame")
@ValidationRule(
    value =
        "size(self.metadata.name) <= 40 &&"
            + " self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
    message =
        "a pool's name is a DNS label of at most 40 characters (lower case letters, digits and"
            + " '-')")
@AdditionalPrinterColumn(name = "BACKEND", jsonPath = ".status.backend", type = Type.STRING)
@AdditionalPrinterColumn(name = "MIN", jsonPath = ".spec.min", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "MAX", jsonPath = ".spec.max", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "READY", jsonPath = ".status.ready", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "BOOTING", jsonPath = ".status.booting", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "CALLS", jsonPath = ".status.inFlight", type = Type.INTEGER)
@AdditionalPrinterColumn(name = "QUEUED", jsonPath = ".status.queued", type = Type.INTEGER)
@AdditionalPrinterColumn(
    name = "STATUS",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason",
    type = Type.STRING)
@AdditionalPrinterColumn(
    name = "DESIRED",
    jsonPath = ".status.desired",
    type = Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "DRAINING",
    jsonPath = ".status.draining",
    type = Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(
    name = "CALLERS",
    jsonPath = ".status.callers",
    type = Type.INTEGER,
    priority = 1)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class FlamePool extends CustomResource<FlamePoolSpec, FlamePoolStatus>
    implements Namespaced {}
