import { ADMITTED, REGISTERED } from "./broken-admission";
import { ENVOY, POLICY } from "./broken-decisions";
import { type Editable, type EditParts, type Parts, resource } from "./example-output";
import { file, type Mutation } from "./mutations";

const EXCHANGE = ["C04", "C06", "C07", "C10", "C11", "C15", "C16"];

const exchange = (edit: (json: Editable) => void): EditParts => {
  return (parts) => file(parts, "Exchange_Config", "config.json", edit);
};

const RECORDS: readonly Mutation[] = [
  [
    "the exchange's configuration has no services",
    exchange((json) => {
      for (const key of Object.keys(json))
        if (!["issuer", "signingKeys", "tls", "audit", "store", "registry"].includes(key)) delete json[key];
    }),
    EXCHANGE,
  ],
  ["others may ask the exchange for its state", exchange((json) => json.services.state.push("spiffe://x/y")), EXCHANGE],
  [
    "versions of records are suspended",
    (parts) =>
      (resource(parts, "foundation", "aws_s3_bucket_versioning", "Audit").versioning_configuration.status =
        "Suspended"),
    ["C16"],
  ],
  ["a permission lifts the lock of records", locked({ mode: "GOVERNANCE", days: 365 }), ["C16"]],
  ["records are locked for a day", locked({ mode: "COMPLIANCE", days: 1 }), ["C16"]],
  [
    "alarms are off",
    ({ stacks }) => {
      for (const stack of Object.values(stacks))
        for (const alarm of Object.values(stack.resource.aws_cloudwatch_metric_alarm ?? {}) as Editable[])
          alarm.actions_enabled = false;
    },
    ["C29"],
  ],
  ["one alarm is off", (parts) => (alarm(parts, "audit-age").actions_enabled = "false"), ["C29"]],
  [
    "the list of stopped agents takes no name",
    (parts) => (resource(parts, "control", "kubernetes_config_map_v1", "KillList").immutable = true),
    ["C11"],
  ],
  [
    "the list of stopped agents is in another namespace",
    (parts) => (resource(parts, "control", "kubernetes_config_map_v1", "KillList").metadata.namespace = "default"),
    ["C11"],
  ],
];

function locked(retention: object): EditParts {
  return (parts) =>
    (resource(parts, "foundation", "aws_s3_bucket_object_lock_configuration", "Audit").rule = {
      default_retention: retention,
    });
}

function alarm(parts: Parts, name: string): Editable {
  return resource(parts, "control", "aws_cloudwatch_metric_alarm", `Monitoring_${name}`);
}

const statements = (edit: (statement: Editable) => void): EditParts => {
  return ({ stacks }) => {
    for (const role of Object.values(stacks["agents"].resource.aws_iam_role) as Editable[]) {
      const document = JSON.parse(role.assume_role_policy);
      document.Statement.forEach(edit);
      role.assume_role_policy = JSON.stringify(document);
    }
  };
};
const FOREIGN = "999999999999";
const ALL = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });

const ROLES: readonly Mutation[] = [
  [
    "roles trust another subject too",
    statements(({ Condition }) => {
      for (const [key, value] of Object.entries(Condition.StringEquals))
        Condition.StringEquals[key] = [value, "attacker"];
    }),
    ["C02"],
  ],
  [
    "roles trust another account",
    statements((statement) => (statement.Principal = { AWS: `arn:aws:iam::${FOREIGN}:role/evil` })),
    ["C02"],
  ],
  [
    "roles trust an issuer of another account",
    statements(({ Principal }) => {
      if (Principal.Federated !== undefined)
        Principal.Federated = `arn:aws:iam::${FOREIGN}:oidc-provider/oidc.prod.acme.example`;
    }),
    ["C02"],
  ],
  [
    "roles trust another role than the exchange's",
    statements(({ Condition }) => {
      if (Condition.ArnEquals !== undefined)
        Condition.ArnEquals["aws:PrincipalArn"] =
          "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-kill-switch";
    }),
    ["C02"],
  ],
  ["roles are trusted after the agent's end", statements(({ Condition }) => delete Condition.DateLessThan), ["C02"]],
  [
    "the boundary allows everything",
    (parts) => (resource(parts, "foundation", "aws_iam_policy", "Boundary").policy = ALL),
    ["C03", "C20"],
  ],
  [
    "the boundary is counted",
    (parts) => (resource(parts, "foundation", "aws_iam_policy", "Boundary").count = 0),
    ["C03", "C20"],
  ],
  [
    "the boundary stands twice",
    ({ stacks }) => {
      const { aws_iam_policy: all } = stacks["foundation"].resource;
      all.More = Object.values(all)[0];
    },
    ["C03", "C20"],
  ],
  [
    "agents' own policies allow everything",
    ({ stacks }) => {
      for (const policy of Object.values(stacks["agents"].resource.aws_iam_role_policy) as Editable[])
        policy.policy = ALL;
    },
    ["C03"],
  ],
];

const own = (edit: (policy: Editable) => void): EditParts => {
  return (parts) => edit(resource(parts, "agents", "kubernetes_network_policy_v1", "support-triage_NetworkPolicy"));
};
const added = (stack: string, type: string, body: object): EditParts => {
  return ({ stacks }) => ((stacks[stack].resource[type] ??= {}).More = body);
};
const HALVES = [{ ip_block: { cidr: "0.0.0.0/1" } }, { ip_block: { cidr: "128.0.0.0/1" } }];
const cilium = (kind: string, namespace?: string): object => ({
  manifest: {
    apiVersion: "cilium.io/v2",
    kind,
    metadata: { name: "x", ...(namespace !== undefined && { namespace }) },
    spec: { endpointSelector: {}, egress: [{ toEntities: ["all"] }] },
  },
});

const NETWORK: readonly Mutation[] = [
  ["an agent reaches both halves of the Internet", own(({ spec }) => spec.egress.push({ to: HALVES })), ["C12"]],
  ["an agent's policy selects other pods", own(({ spec }) => (spec.pod_selector.match_labels.x = "y")), ["C12"]],
  ["places of a policy are computed", own(({ spec }) => spec.egress.push({ dynamic: { to: {} } })), ["C12"]],
  [
    "another policy opens the namespace",
    added("agents", "kubernetes_network_policy_v1", {
      metadata: { name: "more", namespace: "support" },
      spec: { pod_selector: {}, policy_types: ["Egress"], egress: [{ to: HALVES }] },
    }),
    ["C12"],
  ],
  [
    "another policy may open the namespace",
    added("agents", "kubernetes_network_policy", {
      count: "${var.n}",
      metadata: { name: "more", namespace: "support" },
      spec: { pod_selector: {}, policy_types: ["Egress"], egress: [{}] },
    }),
    ["C12"],
  ],
  [
    "a policy of Cilium opens the cluster",
    added("agents", "kubernetes_manifest", cilium("CiliumClusterwideNetworkPolicy")),
    ["C12"],
  ],
  [
    "a policy of Cilium opens the namespace",
    added("agents", "kubernetes_manifest", cilium("CiliumNetworkPolicy", "support")),
    ["C12"],
  ],
];

export const PROTECTIONS: readonly Mutation[] = [
  ...ADMITTED,
  ...REGISTERED,
  ...ENVOY,
  ...POLICY,
  ...RECORDS,
  ...ROLES,
  ...NETWORK,
];

/** What stands beside and takes nothing away */
export const HARMLESS: readonly (readonly [what: string, edit: EditParts])[] = [
  [
    "a policy of Cilium opens another namespace",
    added("agents", "kubernetes_manifest", cilium("CiliumNetworkPolicy", "web")),
  ],
  [
    "another policy closes the namespace",
    added("agents", "kubernetes_network_policy_v1", {
      metadata: { name: "more", namespace: "support" },
      spec: { pod_selector: {}, policy_types: ["Egress"] },
    }),
  ],
  ["the gateway is replaced before it ends", (parts) => (gateway(parts).lifecycle.create_before_destroy = true)],
  ["the gateway names its own provider", (parts) => (gateway(parts).provider = "kubernetes")],
  ["the gateway names it as converted HCL does", (parts) => (gateway(parts).provider = "${kubernetes}")],
];

function gateway(parts: Parts): Editable {
  return resource(parts, "control", "kubernetes_deployment_v1", "Gateway");
}
