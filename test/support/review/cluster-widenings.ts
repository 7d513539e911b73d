import {
  type Any,
  AGENTS,
  one,
  workload,
  pod,
  container,
  variable,
  policy,
  account,
  record,
  admission,
  binding,
  registration,
  namespaceLabels,
  drop,
  ACTIVE,
  TRIAGE,
} from "./cluster-parts";

/** One step wider each: its name, the stack, the change, and the agents that it reaches */
export const WIDENINGS: readonly [string, string, (resource: Any) => void, readonly string[]][] = [
  ["privileged", "agents", (r) => (container(r).security_context.privileged = true), TRIAGE],
  ["privilege escalation", "agents", (r) => (container(r).security_context.allow_privilege_escalation = true), TRIAGE],
  ["a capability", "agents", (r) => (container(r).security_context.capabilities.add = ["NET_ADMIN"]), TRIAGE],
  ["kept capabilities", "agents", (r) => (container(r).security_context.capabilities.drop = []), TRIAGE],
  ["root", "agents", (r) => (container(r).security_context.run_as_non_root = false), TRIAGE],
  ["a root that is written", "agents", (r) => delete container(r).security_context.read_only_root_filesystem, TRIAGE],
  ["no security context", "agents", (r) => delete container(r, 1).security_context, TRIAGE],
  ["user 0", "agents", (r) => (pod(r).security_context.run_as_user = "0"), TRIAGE],
  ["no seccomp profile", "agents", (r) => delete pod(r).security_context.seccomp_profile, TRIAGE],
  ["the network of the node", "agents", (r) => (pod(r).host_network = true), TRIAGE],
  ["the processes of the node", "agents", (r) => (pod(r).host_pid = true), TRIAGE],
  ["the memory of the node", "agents", (r) => (pod(r).host_ipc = true), TRIAGE],
  ["shared processes", "agents", (r) => (pod(r).share_process_namespace = true), TRIAGE],
  [
    "another image",
    "agents",
    (r) => (container(r).image = container(r).image.replace(/1{64}/, "f".repeat(64))),
    TRIAGE,
  ],
  ["another companion", "agents", (r) => (container(r, 1).image = "images.acme.example/evil:1"), TRIAGE],
  ["no companion", "agents", (r) => pod(r).container.pop(), TRIAGE],
  ["another command", "agents", (r) => (container(r).command = ["/bin/sh", "-c", "id"]), TRIAGE],
  ["another argument", "agents", (r) => (container(r).args = ["--debug"]), TRIAGE],
  ["an init container", "agents", (r) => (pod(r).init_container = [{ name: "init", image: "busybox" }]), TRIAGE],
  ["another exchange", "agents", (r) => (variable(r, "AMBIT_EXCHANGE_URL").value = "https://evil.example"), TRIAGE],
  ["another way in", "agents", (r) => (variable(r, "AMBIT_INBOUND").value = "{}"), TRIAGE],
  ["one variable less", "agents", (r) => container(r).env.pop(), TRIAGE],
  ["one variable more", "agents", (r) => container(r).env.push({ name: "LD_PRELOAD", value: "/tmp/x.so" }), TRIAGE],
  [
    "a secret in the environment",
    "agents",
    (r) => container(r).env.push({ name: "KEY", value_from: { secret_key_ref: { name: "db", key: "password" } } }),
    TRIAGE,
  ],
  ["all of a secret", "agents", (r) => (container(r).env_from = [{ secret_ref: { name: "db" } }]), TRIAGE],
  [
    "the Workload API",
    "agents",
    (r) => container(r).volume_mount.push({ name: "spiffe", mount_path: "/spiffe" }),
    TRIAGE,
  ],
  [
    "a path of the node",
    "agents",
    (r) => {
      pod(r).volume.push({ name: "host", host_path: { path: "/run/spire/agent-sockets" } });
      container(r).volume_mount.push({ name: "host", mount_path: "/host" });
    },
    TRIAGE,
  ],
  [
    "a volume of a secret",
    "agents",
    (r) => {
      pod(r).volume.push({ name: "keys", secret: { secret_name: "keys" } });
      container(r).volume_mount.push({ name: "keys", mount_path: "/keys" });
    },
    TRIAGE,
  ],
  [
    "a token for another audience",
    "agents",
    (r) => {
      pod(r).volume.push({
        name: "token",
        projected: [{ sources: [{ service_account_token: { audience: "vault", path: "token" } }] }],
      });
      container(r).volume_mount.push({ name: "token", mount_path: "/token" });
    },
    TRIAGE,
  ],
  [
    "files of the companion",
    "agents",
    (r) => container(r).volume_mount.push({ name: "companion-tmp", mount_path: "/c" }),
    TRIAGE,
  ],
  ["the token of the account in its pods", "agents", (r) => (pod(r).automount_service_account_token = true), TRIAGE],
  ["the token of the account left out", "agents", (r) => delete pod(r).automount_service_account_token, TRIAGE],
  ["another account", "agents", (r) => (pod(r).service_account_name = "default"), TRIAGE],
  ["another state", "agents", (r) => (workload(r).metadata.labels["app.kubernetes.io/name"] = "ambit-gateway"), TRIAGE],
  [
    "the label of another container",
    "agents",
    (r) => (workload(r).metadata.labels["ambit.internal/svid"] = "agent-container"),
    TRIAGE,
  ],
  [
    "a name for an address",
    "agents",
    (r) => (pod(r).host_aliases = [{ ip: "203.0.113.9", hostnames: ["sts.amazonaws.com"] }]),
    TRIAGE,
  ],
  ["a port of the node", "agents", (r) => (container(r).port = [{ container_port: 80, host_port: 80 }]), TRIAGE],
  ["another node", "agents", (r) => (pod(r).node_name = "control-plane"), TRIAGE],
  [
    "a token of the account",
    "agents",
    (r) => (account(r, "researcher").automount_service_account_token = true),
    ["researcher"],
  ],
  [
    "a role of AWS for the account",
    "agents",
    (r) => (account(r, "researcher").metadata.annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" }),
    ["researcher"],
  ],
  [
    "one address more",
    "agents",
    (r) => policy(r, "researcher").egress[4].to.push({ ip_block: { cidr: "10.0.18.0/24" } }),
    ["researcher"],
  ],
  [
    "a wider block",
    "agents",
    (r) => (policy(r, "researcher").egress[4].to[0].ip_block.cidr = "0.0.0.0/0"),
    ["researcher"],
  ],
  [
    "one port more",
    "agents",
    (r) => policy(r, "web-reader").egress[1].ports.push({ port: "22", protocol: "TCP" }),
    ["web-reader"],
  ],
  ["all ports", "agents", (r) => delete policy(r, "web-reader").egress[1].ports, ["web-reader"]],
  ["all peers", "agents", (r) => delete policy(r, "web-reader").egress[1].to, ["web-reader"]],
  [
    "every pod of the platform",
    "agents",
    (r) => delete policy(r, "refund-clerk").egress[2].to[0].pod_selector,
    ["refund-clerk"],
  ],
  [
    "every namespace",
    "agents",
    (r) => (policy(r, "refund-clerk").egress[2].to[0].namespace_selector = {}),
    ["refund-clerk"],
  ],
  ["no isolation of egress", "agents", (r) => (policy(r, "refund-clerk").egress = [{}]), ["refund-clerk"]],
  [
    "all pods may call it",
    "agents",
    (r) => (policy(r, "refund-clerk").ingress = [{ from: [{ pod_selector: {} }] }]),
    ["refund-clerk"],
  ],
  [
    "a second policy",
    "agents",
    (r) => {
      r.kubernetes_network_policy_v1.more = {
        metadata: { name: "more", namespace: "research" },
        spec: {
          pod_selector: {},
          policy_types: ["Egress"],
          egress: [{ to: [{ ip_block: { cidr: "198.51.100.0/24" } }] }],
        },
      };
    },
    ["researcher", "web-reader"],
  ],
  [
    "an agent is active again",
    "agents",
    (r) => (record(r, "press-writer").data["press-writer.state"] = "active"),
    ["press-writer"],
  ],
  [
    "an account is marked as active again",
    "agents",
    (r) => (account(r, "press-writer").metadata.labels["ambit.internal/state"] = "active"),
    ["press-writer"],
  ],
  [
    "an account has an unknown state label",
    "agents",
    (r) => (account(r, "researcher").metadata.labels["ambit.internal/state"] = "idle"),
    ["researcher"],
  ],
  [
    "an account is marked no more",
    "agents",
    (r) => delete account(r, "researcher").metadata.labels["ambit.internal/state"],
    ["researcher"],
  ],
  [
    "an agent holds its SVID",
    "agents",
    (r) => (record(r, "researcher").data["researcher.credentials"] = "oidc"),
    ["researcher"],
  ],
  [
    "another account is an agent",
    "agents",
    (r) => (record(r, "researcher").data.intruder = "refund-clerk"),
    ["refund-clerk"],
  ],
  [
    "RBAC for one account",
    "agents",
    (r) => {
      r.kubernetes_role_binding_v1 = {
        b: {
          metadata: { name: "b", namespace: "support" },
          role_ref: { api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
          subject: [{ kind: "ServiceAccount", name: "support-triage", namespace: "support" }],
        },
      };
    },
    TRIAGE,
  ],
  [
    "RBAC for every account",
    "spire",
    (r) =>
      one(r, "kubernetes_cluster_role_binding_v1", "Spire_Agent_Rights").subject.push({
        kind: "Group",
        name: "system:serviceaccounts",
      }),
    AGENTS,
  ],
  ["SVIDs that live longer", "spire", (r) => (registration(r, "ambit-companions").ttl = "24h"), ACTIVE],
  [
    "SVIDs that live as long as the server likes",
    "spire",
    (r) => delete registration(r, "ambit-companions").ttl,
    ACTIVE,
  ],
  [
    "an annotation of the account",
    "agents",
    (r) => (account(r, "researcher").metadata.annotations = { "iam.gke.io/gcp-service-account": "x" }),
    ["researcher"],
  ],
  ["JWT-SVIDs that live longer", "spire", (r) => (registration(r, "ambit-companions").jwtTtl = "1h"), ACTIVE],
  [
    "no selector of processes",
    "spire",
    (r) => registration(r, "ambit-companions").workloadSelectorTemplates.pop(),
    ACTIVE,
  ],
  [
    "suspended agents",
    "spire",
    (r) => delete registration(r, "ambit-companions").podSelector.matchLabels["ambit.internal/state"],
    ["press-writer"],
  ],
  [
    "another identity",
    "spire",
    (r) => (registration(r, "ambit-companions").spiffeIDTemplate = "spiffe://{{ .TrustDomain }}/admin"),
    ACTIVE,
  ],
  ["administrators of SPIRE", "spire", (r) => (registration(r, "ambit-companions").admin = true), ACTIVE],
  [
    "a foreign trust domain",
    "spire",
    (r) => (registration(r, "ambit-companions").federatesWith = ["evil.example"]),
    ACTIVE,
  ],
  ["a DNS name", "spire", (r) => (registration(r, "ambit-companions").dnsNameTemplates = ["api.acme.example"]), ACTIVE],
  [
    "an identity for every pod",
    "spire",
    (r) => (registration(r, "ambit-agent-containers").podSelector = {}),
    AGENTS.slice(1),
  ],
  [
    "an entry with the identity of an agent",
    "spire",
    (r) => {
      r.kubernetes_manifest.entry = {
        manifest: {
          apiVersion: "spire.spiffe.io/v1alpha1",
          kind: "ClusterStaticEntry",
          metadata: { name: "entry" },
          spec: {
            spiffeID: "spiffe://prod.acme.example/ns/finance/sa/refund-clerk",
            parentID: "spiffe://x/y",
            selectors: ["unix:uid:0"],
          },
        },
      };
    },
    ["refund-clerk"],
  ],
  [
    "weaker pod security",
    "spire",
    (r) => (namespaceLabels(r, "finance")["pod-security.kubernetes.io/enforce"] = "baseline"),
    ["ledger-reconciler", "refund-clerk"],
  ],
  [
    "no pod security",
    "spire",
    (r) => delete namespaceLabels(r, "finance")["pod-security.kubernetes.io/enforce"],
    ["ledger-reconciler", "refund-clerk"],
  ],
  ["a policy removed", "foundation", (r) => drop(r, "kubernetes_manifest", "Admission_ambit-agent-pods_"), AGENTS],
  [
    "a binding removed",
    "foundation",
    (r) => drop(r, "kubernetes_manifest", "Admission_ambit-agent-pods-binding_"),
    AGENTS,
  ],
  ["a validation removed", "foundation", (r) => admission(r, "ambit-host-access").validations.pop(), AGENTS],
  [
    "a validation changed",
    "foundation",
    (r) => (admission(r, "ambit-host-access").validations[0].expression = "true"),
    AGENTS,
  ],
  [
    "a variable changed",
    "foundation",
    (r) => (admission(r, "ambit-host-access").variables[0].expression = "{}"),
    AGENTS,
  ],
  ["another failure policy", "foundation", (r) => (admission(r, "ambit-host-access").failurePolicy = "Ignore"), AGENTS],
  ["a warning only", "foundation", (r) => (binding(r, "ambit-host-access").validationActions = ["Warn"]), AGENTS],
  [
    "missing parameters allowed",
    "foundation",
    (r) => (binding(r, "ambit-agent-pods").paramRef.parameterNotFoundAction = "Allow"),
    AGENTS,
  ],
  ["other parameters", "foundation", (r) => (binding(r, "ambit-agent-pods").paramRef.name = "others"), AGENTS],
  [
    "fewer resources",
    "foundation",
    (r) => admission(r, "ambit-host-access").matchConstraints.resourceRules.pop(),
    AGENTS,
  ],
  [
    "fewer operations",
    "foundation",
    (r) => admission(r, "ambit-host-access").matchConstraints.resourceRules[1].operations.pop(),
    AGENTS,
  ],
  [
    "fewer namespaces",
    "foundation",
    (r) =>
      admission(r, "ambit-host-access").matchConstraints.namespaceSelector.matchExpressions[0].values.push("finance"),
    AGENTS,
  ],
  [
    "one condition more",
    "foundation",
    (r) => admission(r, "ambit-host-access").matchConditions.push({ name: "x", expression: "false" }),
    AGENTS,
  ],
  [
    "a namespace that nothing guards",
    "spire",
    (r) => delete namespaceLabels(r, "finance")["ambit.internal/namespace"],
    ["ledger-reconciler", "refund-clerk"],
  ],
  ["the kill list", "control", (r) => (one(r, "kubernetes_config_map_v1", "KillList").data = { none: "true" }), AGENTS],
];
