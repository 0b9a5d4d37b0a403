package dev.flamepool.operator.credentials;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.Names;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import dev.flamepool.operator.cluster.RefusedException;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roles {@code <pool>-caller}: all that a process needs that calls the pool. Nobody is bound to
 * them by the operator. A convenience: an operator that may not write Roles goes on without, and a
 * Role of that name that is somebody else's stays as it is.
 */
final class CallerRoles {
  private static final Logger LOG = LoggerFactory.getLogger(CallerRoles.class);

  private final KubernetesClient client;
  private final ClusterApi api;
  private final AtomicBoolean refused = new AtomicBoolean();

  CallerRoles(KubernetesClient client) {
    this.client = client;
    this.api = new ClusterApi(client);
  }

  /** Makes sure that the Role is there and grants what callers need now. */
  void ensure(FlamePool pool) {
    Role wanted = compose(pool);
    try {
      Role stored = client.resource(wanted).get();
      if (stored == null) {
        api.create(wanted);
      } else if (owned(stored, pool) && !stored.getRules().equals(wanted.getRules())) {
        client
            .resource(stored)
            .patch(
                PatchContext.of(PatchType.JSON_MERGE),
                Serialization.asJson(Map.of("rules", wanted.getRules())));
      }
    } catch (NamespaceTerminatingException e) {
      LOG.debug("{}", e.getMessage());
    } catch (RefusedException e) {
      refused(e);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      refused(e);
    }
  }

  private void refused(RuntimeException e) {
    if (!refused.getAndSet(true)) {
      LOG.info("no Roles for callers: {}", e.getMessage());
    }
  }

  private static boolean owned(Role role, FlamePool pool) {
    return role.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(pool.getMetadata().getUid()));
  }

  private static Role compose(FlamePool pool) {
    String name = pool.getMetadata().getName();
    return new RoleBuilder()
        .withNewMetadata()
        .withName(Names.callerRole(name))
        .withNamespace(pool.getMetadata().getNamespace())
        .addToLabels(PoolCredentials.labels(pool))
        .withOwnerReferences(
            new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(name)
                .withUid(pool.getMetadata().getUid())
                .build())
        .endMetadata()
        .withRules(
            rule("", "secrets", List.of(Names.clientSecret(name)), "get"),
            rule(Names.GROUP, "flamepools", List.of(name), "get", "list", "watch"),
            rule(Names.GROUP, "flamecallers", List.of(), "create", "patch", "delete"))
        .build();
  }

  private static PolicyRule rule(
      String group, String resource, List<String> names, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resource)
        .withResourceNames(names)
        .withVerbs(verbs)
        .build();
  }
}
