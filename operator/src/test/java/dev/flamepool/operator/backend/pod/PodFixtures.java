package dev.flamepool.operator.backend.pod;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.PodBackend;
import dev.flamepool.operator.backend.Boot;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.fly.FlyFixtures;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Set;

/** Entries, attempts and an application for tests. */
final class PodFixtures {
  static final MachineKey KEY = new MachineKey("inst-1", "shop", "thumbs", "thumbs-3", "uid-3", 1);

  private PodFixtures() {}

  /** An entry from the YAML of its {@code pod} section. */
  static BackendEntry entry(String pod) {
    return Serialization.unmarshal(
            "spec:\n  backends:\n  - name: cluster\n    pod:\n" + pod.indent(6), FlamePool.class)
        .getSpec()
        .backends()
        .get(0);
  }

  /** Reads YAML, also where it looks like JSON. */
  static <T> T yaml(String text, Class<T> type) {
    return Serialization.unmarshal("---\n" + text, type);
  }

  static PodBackend pod(String yaml) {
    return entry(yaml).pod();
  }

  static LaunchAttempt attempt(BackendEntry entry, Map<String, String> env, Set<String> secret) {
    return new LaunchAttempt(KEY, "token", "", entry, new Boot(FlyFixtures.boot(KEY, env), secret));
  }

  static LaunchAttempt attempt(String pod) {
    return attempt(entry(pod), Map.of(), Set.of());
  }

  /** An application as people deploy it. */
  static Deployment app() {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shop, namespace: shop, labels: {app: shop}}
        spec:
          replicas: 3
          selector: {matchLabels: {app: shop}}
          template:
            metadata:
              labels: {app: shop, tier: web}
              annotations: {prometheus.io/scrape: "true"}
            spec:
              serviceAccountName: shop
              imagePullSecrets: [{name: registry}]
              nodeSelector: {disk: ssd}
              tolerations: [{key: batch, operator: Exists}]
              terminationGracePeriodSeconds: 5
              shareProcessNamespace: true
              restartPolicy: Always
              affinity:
                nodeAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                    nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]
                podAntiAffinity:
                  requiredDuringSchedulingIgnoredDuringExecution:
                  - {topologyKey: host, labelSelector: {matchLabels: {app: shop}}}
              initContainers: [{name: migrate, image: "shop:v1"}]
              volumes:
              - {name: config, configMap: {name: shop}}
              - {name: certificates, secret: {secretName: shop-tls}}
              containers:
              - name: proxy
                image: proxy:v9
                volumeMounts: [{name: certificates, mountPath: /tls}]
              - name: app
                image: shop:v1
                command: [java, -jar, /app.jar]
                args: [--server]
                env:
                - {name: MODE, value: production}
                - {name: FLAME_PARENT, value: stolen}
                - {name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
                envFrom: [{configMapRef: {name: shop-env}}]
                ports: [{containerPort: 8080, hostPort: 8080}]
                resources: {requests: {cpu: 500m, memory: 1Gi}}
                readinessProbe: {httpGet: {path: /ready, port: 8080}}
                livenessProbe: {httpGet: {path: /live, port: 8080}}
                lifecycle: {preStop: {exec: {command: [sleep, "20"]}}}
                volumeMounts: [{name: config, mountPath: /etc/shop}]
        status: {replicas: 3}
        """,
        Deployment.class);
  }
}
