import { admissionObjects, type PolicyFacts } from "../../../constructs/admission/declared-policies";
import { KILL_SWITCH_GROUP } from "../../../constructs/platform/names";
import { admission } from "../../../governance/coverage/admission";
import { type Editable, exampleOutput } from "../../support/coverage/example-output";

const NAMES = [
  "ambit-agent-pods",
  "ambit-host-access",
  "ambit-killed-agents",
  "ambit-network-policies",
  "ambit-records",
];

/** The example, with the policies of another platform */
function found(facts: PolicyFacts): readonly string[] {
  const objects = admissionObjects(facts);
  const output = exampleOutput(({ stacks }) => {
    for (const body of Object.values(stacks["foundation"].resource.kubernetes_manifest) as Editable[]) {
      const made = objects.get(body.manifest.metadata.name);
      if (made === undefined) continue;
      body.manifest = body.manifest.kind === "ValidatingAdmissionPolicy" ? made.policy : made.binding;
    }
  });
  return NAMES.filter((name) => admission(output, name).length === 2);
}

const DEPLOYERS = { users: ["arn:aws:iam::111122223333:role/deploy"], groups: ["deployers", "platform.team"] };
const NONE = { users: [], groups: [] };

const PLATFORMS: readonly (readonly [string, PolicyFacts])[] = [
  ["users and groups deploy", { deployers: DEPLOYERS, killers: NONE, hostPathNamespaces: [] }],
  ["users deploy", { deployers: { ...DEPLOYERS, groups: [] }, killers: NONE, hostPathNamespaces: ["storage"] }],
  ["it has no deployers", { deployers: NONE, killers: NONE, hostPathNamespaces: [] }],
  [
    "a kill switch stops agents",
    { deployers: DEPLOYERS, killers: { users: [], groups: [KILL_SWITCH_GROUP] }, hostPathNamespaces: [] },
  ],
  [
    "people and a kill switch stop agents",
    {
      deployers: DEPLOYERS,
      killers: { users: ["eve"], groups: [KILL_SWITCH_GROUP, "on-call"] },
      hostPathNamespaces: [],
    },
  ],
  ["people stop agents", { deployers: DEPLOYERS, killers: { users: ["eve"], groups: [] }, hostPathNamespaces: [] }],
];

test.each(PLATFORMS)("policies of a platform are known where %s", (_, facts) => {
  expect(found(facts)).toEqual(NAMES);
});

test("fails to know policies that everyone is exempt from", () => {
  const facts = {
    deployers: { users: [], groups: ["system:masters", "system:authenticated"] },
    killers: NONE,
    hostPathNamespaces: [],
  };
  expect(found(facts)).not.toContain("ambit-records");
});

test("fails to know the policy of records where everyone may write the list of stopped agents", () => {
  const facts = {
    deployers: DEPLOYERS,
    killers: { users: [], groups: ["system:authenticated"] },
    hostPathNamespaces: [],
  };
  expect(found(facts)).toEqual(NAMES.filter((name) => name !== "ambit-records"));
});

test("fails to know the policy of the node where namespaces of agents or the control plane are exempt", () => {
  for (const namespace of ["support", "ambit-system"]) {
    const facts = { deployers: DEPLOYERS, killers: NONE, hostPathNamespaces: [namespace] };
    expect(found(facts)).toEqual(NAMES.filter((name) => name !== "ambit-host-access"));
  }
});
