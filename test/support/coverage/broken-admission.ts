import type { Editable, EditParts } from "./example-output";
import type { Mutation } from "./mutations";

const manifests = (kind: string, edit: (spec: Editable, manifest: Editable) => void): EditParts => {
  return ({ stacks }) => {
    for (const stack of Object.values(stacks)) {
      for (const { manifest } of Object.values(stack.resource.kubernetes_manifest ?? {}) as Editable[]) {
        if (manifest.kind === kind) edit(manifest.spec, manifest);
      }
    }
  };
};
const policies = (edit: (spec: Editable, manifest: Editable) => void): EditParts =>
  manifests("ValidatingAdmissionPolicy", edit);
const bindings = (edit: (spec: Editable) => void): EditParts => manifests("ValidatingAdmissionPolicyBinding", edit);

/** Need an admission policy */
const ADMISSION = ["C01", "C02", "C11", "C12", "C30"];

/** Each policy of the platform, and what needs it */
const ONE_BY_ONE: readonly (readonly [name: string, gone: readonly string[]])[] = [
  ["ambit-agent-pods", ["C30"]],
  ["ambit-foreign-pods", ["C30"]],
  ["ambit-host-access", ["C30"]],
  ["ambit-host-paths", ["C30"]],
  ["ambit-host-volumes", ["C30"]],
  ["ambit-identity-kinds", ["C02"]],
  ["ambit-identity-objects", ["C02"]],
  ["ambit-killed-agents", ["C11"]],
  ["ambit-namespaces", ADMISSION],
  ["ambit-network-policies", ["C12"]],
  ["ambit-node-access", ["C30"]],
  ["ambit-platform-workloads", ["C30"]],
  ["ambit-pod-access", ["C30"]],
  ["ambit-pod-updates", ["C12", "C30"]],
  ["ambit-records", ["C01"]],
  ["ambit-tokens", ["C30"]],
];

export const ADMITTED: readonly Mutation[] = [
  [
    "admission policies accept everything",
    policies((spec) => (spec.validations = [{ expression: "true" }])),
    ADMISSION,
  ],
  [
    "a condition turns admission policies off",
    policies((spec) => (spec.matchConditions = [{ name: "x", expression: "false" }])),
    ADMISSION,
  ],
  ["admission policies fail open", policies((spec) => (spec.failurePolicy = "Ignore")), ADMISSION],
  [
    "admission policies look at other resources",
    policies((spec) => (spec.matchConstraints.resourceRules[0].resources = ["leases"])),
    ADMISSION,
  ],
  ["bindings name another policy", bindings((spec) => (spec.policyName = "nothing")), ADMISSION],
  [
    "bindings match nothing",
    bindings((spec) => (spec.matchResources = { namespaceSelector: { matchLabels: { no: "where" } } })),
    ADMISSION,
  ],
  ["bindings warn", bindings((spec) => (spec.validationActions = ["Warn"])), ADMISSION],
  [
    "parameters that are missing let through",
    bindings((spec) => {
      if (spec.paramRef !== undefined) spec.paramRef.parameterNotFoundAction = "Allow";
    }),
    ["C11", "C30"],
  ],
  [
    "admission policies are counted",
    ({ stacks }) => {
      for (const [name, body] of Object.entries(stacks["foundation"].resource.kubernetes_manifest) as Editable[]) {
        if (name.startsWith("Admission_")) body.count = 0;
      }
    },
    ADMISSION,
  ],
  [
    "another writes fields of admission policies",
    ({ stacks }) => {
      for (const [name, body] of Object.entries(stacks["foundation"].resource.kubernetes_manifest) as Editable[]) {
        if (name.startsWith("Admission_")) body.computed_fields = ["spec"];
      }
    },
    ADMISSION,
  ],
  [
    "admission policies stand twice",
    ({ stacks }) => {
      const { kubernetes_manifest: all } = stacks["foundation"].resource;
      for (const [name, body] of Object.entries(all)) if (name.startsWith("Admission_")) all[`${name}_2`] = body;
    },
    ADMISSION,
  ],
  [
    "every account deploys",
    policies((spec, manifest) => {
      const words = JSON.stringify(spec).replaceAll("ambit:deployers", "system:authenticated");
      manifest.spec = JSON.parse(words);
    }),
    ADMISSION,
  ],
  [
    "one policy has other deployers than the rest",
    policies((spec, manifest) => {
      if (manifest.metadata.name !== "ambit-records") return;
      manifest.spec = JSON.parse(JSON.stringify(spec).replaceAll("ambit:deployers", "developers"));
    }),
    ADMISSION,
  ],
  [
    "the policy of the node accepts everything",
    policies((spec, manifest) => {
      if (manifest.metadata.name === "ambit-host-access") spec.validations = [{ expression: "true" }];
    }),
    ["C30"],
  ],
  [
    "anyone may label namespaces, by which the other policies select them",
    policies((spec, manifest) => {
      if (manifest.metadata.name === "ambit-namespaces") spec.validations = [{ expression: "true" }];
    }),
    ADMISSION,
  ],
  ...ONE_BY_ONE.map(([name, gone]): Mutation => [
    `the policy ${name} has gone`,
    ({ stacks }) => {
      const { kubernetes_manifest: all } = stacks["foundation"].resource;
      for (const [key, { manifest }] of Object.entries(all) as Editable[])
        if (manifest.metadata.name === name && manifest.kind === "ValidatingAdmissionPolicy") delete all[key];
    },
    gone,
  ]),
  [
    "agents' namespaces may mount folders of the node",
    policies((spec, manifest) => {
      if (manifest.metadata.name !== "ambit-host-paths") return;
      spec.matchConstraints.namespaceSelector.matchExpressions[0].values.push("support");
    }),
    ["C30"],
  ],
  [
    "agents' namespaces may use the node",
    policies((spec, manifest) => {
      if (manifest.metadata.name !== "ambit-host-access") return;
      spec.matchConstraints.namespaceSelector.matchExpressions[0].values.push("support");
    }),
    ["C30"],
  ],
];

export const REGISTERED: readonly Mutation[] = [
  [
    "registrations are of another class",
    manifests("ClusterSPIFFEID", (spec) => (spec.className = "other")),
    ["C01", "C02"],
  ],
  [
    "registrations select no pod",
    manifests("ClusterSPIFFEID", (spec) => (spec.podSelector = { matchLabels: { no: "where" } })),
    ["C01", "C02"],
  ],
  [
    "registrations select no namespace",
    manifests("ClusterSPIFFEID", (spec) => (spec.namespaceSelector = { matchLabels: { no: "where" } })),
    ["C01", "C02"],
  ],
  [
    "registrations give one identity to all",
    manifests("ClusterSPIFFEID", (spec) => (spec.spiffeIDTemplate = "spiffe://{{ .TrustDomain }}/all")),
    ["C01", "C02"],
  ],
  ["registered SVIDs last a day", manifests("ClusterSPIFFEID", (spec) => (spec.ttl = "24h")), ["C01", "C02"]],
  [
    "the webhook of registrations looks at nothing",
    ({ stacks }) => {
      const [body] = Object.values(
        stacks["spire"].resource.kubernetes_validating_webhook_configuration_v1,
      ) as Editable[];
      body.webhook[0].rule = [];
    },
    ["C02"],
  ],
  [
    "the webhook of registrations has gone",
    ({ stacks }) => {
      delete stacks["spire"].resource.kubernetes_validating_webhook_configuration_v1;
    },
    ["C02"],
  ],
];
