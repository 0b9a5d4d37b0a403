package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.Json;
import dev.flamepool.operator.credentials.Seal;
import dev.flamepool.operator.pool.KnownRevision.Heard;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A revision as it lies in the cluster: a ControllerRevision whose data is the template. The server
 * never lets the data change; number and annotations may. Machines are made from it, so all of it
 * is sealed.
 *
 * <p>The template is one text in the data. When a server patches an object it writes all of it
 * again, with other escapes than ours, and compares bytes: a template with a plain {@code &} would
 * be a forbidden change of the data for ever after.
 */
record StoredRevision(KnownRevision known, ControllerRevision object) {
  private static final String NAME = "flamepool.dev/revision";
  private static final String HEARD_AT = "flamepool.dev/code-version-heard";
  private static final String TEMPLATE = "template";
  private static final int UID = 8;

  /** Reads one; empty for what no operator wrote for this pool. */
  static Optional<StoredRevision> of(ControllerRevision object, String poolUid, Seal seal) {
    Map<String, String> notes = object.getMetadata().getAnnotations();
    if (notes == null || object.getRevision() == null) {
      return Optional.empty();
    }
    String text = Json.tree(object.getData()).path(TEMPLATE).asText();
    if (!seal.isOn(object, marked(poolUid, object.getRevision(), notes, text))) {
      return Optional.empty(); // not even read: it could be anything
    }
    FlameRunnerSpec template = Json.value(Json.read(text), FlameRunnerSpec.class);
    Optional<Heard> heard =
        Optional.ofNullable(notes.get(Names.CODE_VERSION))
            .map(version -> new Heard(version, Instant.parse(notes.get(HEARD_AT))));
    return Optional.of(
        new StoredRevision(
            new KnownRevision(new Revision(notes.get(NAME), template), object.getRevision(), heard),
            object));
  }

  /** The object that a revision is to be stored as. */
  static ControllerRevision object(FlamePool pool, KnownRevision known, Seal seal) {
    String uid = pool.getMetadata().getUid();
    return new ControllerRevisionBuilder()
        .withNewMetadata()
        // With a piece of the uid: a pool may have had a predecessor of the same name.
        .withName(
            "%s-%s-%s"
                .formatted(
                    pool.getMetadata().getName(),
                    known.name(),
                    uid.substring(0, Math.min(UID, uid.length()))))
        .withNamespace(pool.getMetadata().getNamespace())
        .addToLabels(Names.POOL_LABEL, pool.getMetadata().getName())
        .withAnnotations(notes(uid, known, seal))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(uid)
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build())
        .endMetadata()
        .withRevision(known.number())
        .withData(Json.object().put(TEMPLATE, text(known)))
        .build();
  }

  /** All that is known of it beside its template, sealed together with that. */
  static Map<String, String> notes(String poolUid, KnownRevision known, Seal seal) {
    Map<String, String> notes = new HashMap<>();
    notes.put(NAME, known.name());
    known
        .heard()
        .ifPresent(
            heard -> {
              notes.put(Names.CODE_VERSION, heard.codeVersion());
              notes.put(HEARD_AT, heard.at().toString());
            });
    notes.put(Seal.ANNOTATION, seal.of(marked(poolUid, known.number(), notes, text(known))));
    return notes;
  }

  private static String text(KnownRevision known) {
    return Json.plainText(known.revision().template());
  }

  private static String[] marked(
      String poolUid, long number, Map<String, String> notes, String template) {
    return new String[] {
      "revision",
      poolUid,
      String.valueOf(number),
      notes.getOrDefault(NAME, ""),
      notes.getOrDefault(Names.CODE_VERSION, ""),
      notes.getOrDefault(HEARD_AT, ""),
      template
    };
  }
}
