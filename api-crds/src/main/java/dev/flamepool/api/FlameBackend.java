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

/** Configuration that pools of a namespace share (FLAME's global backend configuration). */
@Group(Names.GROUP)
@Version(Names.VERSION)
@Plural("flamebackends")
@ShortNames("fb")
@Categories("flame")
@AdditionalPrinterColumn(
    name = "READY",
    jsonPath = ".status.conditions[?(@.type=='Ready')].status",
    type = Type.STRING)
@AdditionalPrinterColumn(
    name = "STATUS",
    jsonPath = ".status.conditions[?(@.type=='Ready')].reason",
    type = Type.STRING)
@AdditionalPrinterColumn(name = "AGE", jsonPath = ".metadata.creationTimestamp", type = Type.DATE)
public class FlameBackend extends CustomResource<FlameBackendSpec, FlameBackendStatus>
    implements Namespaced {}
