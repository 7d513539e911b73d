import fc from "fast-check";
import { reviewOf } from "../../review/pull-request/review-of";
import { ReadCache } from "../../review/read/folder/folder";
import { depth } from "../support/depth";
import { STACKS, synthesize } from "../support/example-app";
import { type DrawnChange, drawnChange, withChange } from "../support/review/drawn-changes";
import type { Edit } from "../support/review/edit";
import { estateOf, type Files, withEdits } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

type Resources = Record<string, Record<string, object>>;

const AGENTS = ["ledger-reconciler", "researcher", "support-triage"];
/** Of the other stacks: what agents meet */
const MEETS =
  /^(?:aws_iam_|aws_kms_key|aws_dynamodb_table|aws_s3_bucket(?:_policy)?\.|kubernetes_namespace_v1\.(?:Namespace|Foundation))|Spire_Registration|Admission_ambit-(?:agent-pods|host-access)|^kubernetes_(?:config_map_v1|deployment_v1|service_v1|service_account_v1|network_policy_v1)\.Exchange/;

/** A small fleet, each type of resource in a file of its own: what is said of it elsewhere may change while it stays. */
const FILES: Files = (() => {
  const { stacks, registry } = synthesize();
  const { agents, ...rest } = JSON.parse(registry) as { readonly agents: Record<string, object> };
  const few = Object.fromEntries(AGENTS.map((name) => [name, agents[name]]));
  const files: Record<string, string> = { "ambit/registry.json": JSON.stringify({ ...rest, agents: few }) };
  for (const stack of STACKS) {
    const { resource, ...json } = JSON.parse(stacks[stack]) as { readonly resource: Resources };
    const isMet = (type: string, name: string) =>
      stack === "agents" ? AGENTS.some((agent) => name.startsWith(`${agent}_`)) : MEETS.test(`${type}.${name}`);
    const terraform = { backend: { local: { path: `/home/one/terraform.${stack}.tfstate` } } };
    files[`stacks/${stack}/cdk.tf.json`] = JSON.stringify({ ...json, terraform });
    for (const [type, all] of Object.entries(resource)) {
      const met = Object.fromEntries(Object.entries(all).filter(([name]) => isMet(type, name)));
      if (Object.keys(met).length > 0)
        files[`stacks/${stack}/${type}.tf.json`] = JSON.stringify({ resource: { [type]: met } });
    }
  }
  return files;
})();

type Change = DrawnChange | Edit;

const changed = (files: Files, some: readonly Change[]): Files =>
  some.reduce((before, one) => ("at" in one ? withEdits(before, [one]) : withChange(before, one)), files);
const changes = (maxLength: number): fc.Arbitrary<readonly Change[]> => fc.array(drawnChange, { maxLength });

const ROLE = "resource/aws_iam_role/researcher_Role_E07E75C9";
/** What others refer to, read beside what is the same: seldom drawn */
const REFERRED_TO: readonly Edit[] = [
  {
    file: "stacks/agents/aws_iam_role.tf.json",
    at: `${ROLE}/name`,
    from: "prod.researcher",
    to: "prod.support-triage",
  },
  { file: "ambit/registry.json", at: "agents/researcher/state", from: "active", to: "suspended" },
  { file: "ambit/registry.json", at: "agents/researcher/workload/serviceAccount", from: "researcher", to: "auditor" },
];

/** Through all draws: what an earlier one left there is met too. */
const once = new ReadCache();

test("what is told of several heads is what is told of each by itself, with nothing kept of another state", () => {
  let told = 0;
  fc.assert(
    fc.property(changes(3), fc.array(changes(4), { minLength: 1, maxLength: 2 }), (before, after) => {
      const base = changed(FILES, before);
      const kept = estateOf(base, once);
      for (const head of after.map((each) => changed(base, each))) {
        const found = reviewed(kept, estateOf(head, once));
        expect(found).toEqual(reviewOf(estateOf(base), estateOf(head)));
        if (found.requiresApproval) told++;
      }
    }),
    { numRuns: depth(600, 16), examples: [[[], [[], ...REFERRED_TO.map((one) => [one])]]] },
  );
  expect(told).toBeGreaterThan(depth(100, 4));
});
