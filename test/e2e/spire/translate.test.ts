import { translate } from "./translate";

describe("translating Terraform's Kubernetes resources", () => {
  test("names, plurals and numbers are the API's", () => {
    const translated = translate("kubernetes_stateful_set_v1", {
      "//": { metadata: { path: "x" } },
      depends_on: ["kubernetes_namespace_v1.x"],
      wait_for_rollout: true,
      metadata: { name: "server", labels: { match_labels: "kept_as_it_is" } },
      spec: {
        replicas: "2",
        volume_claim_template: [],
        selector: { match_labels: { "app.kubernetes.io/name": "server" } },
        update_strategy: [{ type: "RollingUpdate", rolling_update: [{ partition: 0 }] }],
        template: {
          spec: {
            security_context: { run_as_user: "65532", fs_group: "0" },
            container: [
              {
                liveness_probe: { http_get: { path: "/live", port: "8080" } },
                port: [{ container_port: 8080 }],
                resources: { limits: { cpu: "1" } },
                env: [{ name: "A", value: "1" }],
              },
            ],
            volume: [{ secret: { secret_name: "tls", default_mode: "0440" } }],
          },
        },
      },
    });
    expect(translated).toEqual({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "server", labels: { match_labels: "kept_as_it_is" } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { "app.kubernetes.io/name": "server" } },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
        template: {
          spec: {
            securityContext: { runAsUser: 65532, fsGroup: 0 },
            containers: [
              {
                livenessProbe: { httpGet: { path: "/live", port: 8080 } },
                ports: [{ containerPort: 8080 }],
                resources: { limits: { cpu: "1" } },
                env: [{ name: "A", value: "1" }],
              },
            ],
            volumes: [{ secret: { secretName: "tls", defaultMode: 0o440 } }],
          },
        },
      },
    });
  });

  test("the selector of a service is a map, and the strategy of a daemon set an update strategy", () => {
    const service = translate("kubernetes_service_v1", {
      metadata: { name: "server" },
      spec: { selector: { some_key: "value" }, port: [{ port: 443, target_port: "https" }] },
    });
    expect(service.spec).toEqual({ selector: { some_key: "value" }, ports: [{ port: 443, targetPort: "https" }] });
    const pods = translate("kubernetes_daemon_set_v1", {
      metadata: { name: "agent" },
      spec: { strategy: { rolling_update: { max_unavailable: "1" } }, template: { spec: { host_pid: true } } },
    });
    expect(pods.spec).toEqual({
      updateStrategy: { rollingUpdate: { maxUnavailable: 1 } },
      template: { spec: { hostPID: true } },
    });
  });

  test("a manifest is as it was written, without what Terraform waits for", () => {
    const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name: "x" }, port: [{ run_as_user: "1" }] };
    expect(translate("kubernetes_manifest", { manifest, wait: { condition: [] } })).toEqual(manifest);
  });

  test("references have stand-ins, and escapes are undone", () => {
    const data = { a: "host=${aws_rds_cluster.x_1.endpoint} $${HOME} %%{if}" };
    const translated = translate("kubernetes_config_map_v1", { metadata: { name: "x" }, data });
    expect(translated.data).toEqual({ a: "host=spire-database.stand-in.example ${HOME} %{if}" });
    const key = {
      a: '{"key": ${jsonencode(data.aws_kms_public_key.x_1.public_key_pem)}}',
      b: "${data.aws_kms_public_key.x_1.public_key_pem}",
    };
    const config = translate("kubernetes_config_map_v1", { metadata: { name: "x" }, data: key });
    expect(config.data).toEqual({ a: '{"key": "the public key, as JSON"}', b: "the public key" });
  });

  test.each([
    ["kubernetes_pod", { metadata: { name: "x" } }, "no translation for kubernetes_pod"],
    [
      "kubernetes_config_map_v1",
      { metadata: { name: "${aws_kms_key.x.arn}" } },
      "no stand-in for ${aws_kms_key.x.arn}",
    ],
    ["kubernetes_deployment_v1", { metadata: {}, spec: { replicas: "many" } }, 'replicas is a number, got "many"'],
    [
      "kubernetes_stateful_set_v1",
      { metadata: {}, spec: { update_strategy: [{}, {}] } },
      "update_strategy is one block, got 2",
    ],
  ])("%s that cannot be read fails", (type, attributes, message) => {
    expect(() => translate(type, attributes)).toThrow(message);
  });
});
