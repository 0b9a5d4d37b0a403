package dev.flamepool.api;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Generates the YAML of the kinds, and says what the generator cannot: column order, list types,
 * required spec.
 */
final class CrdYaml {
  private static final Map<Class<? extends HasMetadata>, List<String>> COLUMNS =
      Map.of(
          FlamePool.class,
          List.of(
              "BACKEND",
              "MIN",
              "MAX",
              "READY",
              "BOOTING",
              "CALLS",
              "QUEUED",
              "STATUS",
              "DESIRED",
              "DRAINING",
              "CALLERS",
              "AGE"),
          FlameRunner.class,
          List.of("POOL", "PHASE", "BACKEND", "MACHINE", "ADDRESS", "REASON", "AGE"),
          FlameCaller.class,
          List.of("POOL", "CALLS", "QUEUED", "CODE", "AGE"),
          FlameBackend.class,
          List.of("READY", "STATUS", "AGE"));
  private static final Map<String, String> MAP_LISTS =
      Map.of("backends", "name", "env", "name", "conditions", "type", "revisions", "name");
  private static final Set<String> ATOMIC_LISTS =
      Set.of(
          "endpoints",
          "refusals",
          "recentFailures",
          "log",
          "command",
          "jvmOptions",
          "regions",
          "services");

  private CrdYaml() {}

  /** File name to text, for every kind. */
  static Map<String, String> generate() {
    Map<String, String> files = new LinkedHashMap<>();
    for (Class<? extends HasMetadata> kind :
        List.of(FlamePool.class, FlameBackend.class, FlameRunner.class, FlameCaller.class)) {
      files.put(HasMetadata.getPlural(kind) + ".yaml", yaml(kind));
    }
    return files;
  }

  private static String yaml(Class<? extends HasMetadata> kind) {
    ByteArrayOutputStream generated = new ByteArrayOutputStream();
    new CRDGenerator()
        .customResourceClasses(
            List.of(kind.asSubclass(io.fabric8.kubernetes.client.CustomResource.class)))
        .forCRDVersions("v1")
        .withPostProcessor(new Finish(COLUMNS.get(kind)))
        .withOutput(new Memory(generated))
        .generate();
    CustomResourceDefinition crd =
        Serialization.unmarshal(
            generated.toString(StandardCharsets.UTF_8), CustomResourceDefinition.class);
    return "# Generated from the api-crds module; do not edit.\n" + Serialization.asYaml(crd);
  }

  private static final class Memory extends CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream> {
    private final ByteArrayOutputStream only;

    Memory(ByteArrayOutputStream only) {
      this.only = only;
    }

    @Override
    protected ByteArrayOutputStream createStreamFor(String crdName) {
      return only;
    }
  }

  private record Finish(List<String> columns) implements CRDPostProcessor {
    @Override
    public HasMetadata process(HasMetadata object, String specVersion) {
      CustomResourceDefinition crd = (CustomResourceDefinition) object;
      crd.getMetadata().setAnnotations(Map.of("helm.sh/resource-policy", "keep"));
      crd.getSpec()
          .getVersions()
          .forEach(
              version -> {
                version.getAdditionalPrinterColumns().sort(this::byOrder);
                JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
                require(root, "spec");
                finish("", root);
              });
      return crd;
    }

    /** Items of a list keep what they hold as well; the generator speaks of the list only. */
    private static void keepItemsAsTheyAre(JSONSchemaProps schema) {
      if (schema.getItems() != null) {
        schema.setXKubernetesPreserveUnknownFields(null);
        schema.getItems().getSchema().setAdditionalProperties(null);
        schema.getItems().getSchema().setXKubernetesPreserveUnknownFields(true);
      }
    }

    private int byOrder(CustomResourceColumnDefinition a, CustomResourceColumnDefinition b) {
      return Integer.compare(columns.indexOf(a.getName()), columns.indexOf(b.getName()));
    }

    private static void finish(String name, JSONSchemaProps schema) {
      // A rule on a record component is emitted twice; the server refuses the second.
      if (schema.getXKubernetesValidations() != null) {
        schema.setXKubernetesValidations(
            new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
      }
      if (Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields())) {
        schema.setAdditionalProperties(null);
        keepItemsAsTheyAre(schema);
      }
      if ("array".equals(schema.getType()) && MAP_LISTS.containsKey(name)) {
        schema.setXKubernetesListType("map");
        schema.setXKubernetesListMapKeys(List.of(MAP_LISTS.get(name)));
        require(schema.getItems().getSchema(), MAP_LISTS.get(name));
      } else if ("array".equals(schema.getType()) && ATOMIC_LISTS.contains(name)) {
        schema.setXKubernetesListType("atomic");
      }
      if (schema.getProperties() != null) {
        schema.getProperties().forEach(Finish::finish);
      }
      if (schema.getItems() != null && schema.getItems().getSchema() != null) {
        finish("", schema.getItems().getSchema());
      }
      if (schema.getAdditionalProperties() != null
          && schema.getAdditionalProperties().getSchema() != null) {
        finish("", schema.getAdditionalProperties().getSchema());
      }
    }

    private static void require(JSONSchemaProps schema, String property) {
      if (!schema.getRequired().contains(property)) {
        schema.getRequired().add(property);
      }
    }
  }
}
