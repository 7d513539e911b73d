import { ok, throws } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ACCEPTED from "../../cases/scanners/parliament.json";
import { STACKS, synthesize } from "../../support/example-app";
import { succeed } from "../harness/process";
import type { Suite } from "../harness/suite";
import { exactly, scannersPython } from "./scanners";

/** Policies of the example; 57 when this was written */
const FLOOR = 50;

/** Each finding once, by issue and detail. Where "*" stands as a resource is known: iam/data/wildcard-exceptions.ts. */
const FINDINGS = `
import json, sys
from parliament import analyze_policy_string, enhance_finding
found = set()
for policy in json.load(open(sys.argv[1])):
    for each in map(enhance_finding, analyze_policy_string(policy).findings):
        if each.issue != "RESOURCE_STAR":
            found.add(f"{each.issue}: {each.detail}")
print(json.dumps(sorted(found)))
`;

const KEYS: readonly (readonly [reference: RegExp, arn: string])[] = [
  [/\$\{aws_kms_key\.[\w-]+\.arn\}/g, "arn:aws:kms:eu-central-1:111122223333:key/11112222-3333-4444-5555-666677778888"],
  [/\$\{aws_rds_cluster\.[^}]+\.secret_arn\}/g, "arn:aws:secretsmanager:eu-central-1:111122223333:secret:rds-AbCdEf"],
];

/** All policies of the example's stacks, judged by parliament */
export function parliamentChecks(suite: Suite): void {
  const python = suite.check("parliament: it is there", [], () => scannersPython());
  const policies = suite.check(`parliament: the example has at least ${FLOOR} policies`, [], (_, note) => {
    const all = STACKS.flatMap((name) => policiesIn((JSON.parse(synthesize().stacks[name]) as Stack).resource));
    ok(all.length >= FLOOR, `${all.length} policies`);
    note(`${all.length} policies`);
    return all;
  });
  const accepted = ACCEPTED.map(({ issue, detail }) => `${issue}: ${detail}`);
  suite.check(
    "parliament: each finding but a wildcard has a reason, and each reason a finding",
    [python, policies],
    async ([program, all]) => exactly(await findings(suite, program, all), accepted),
  );
  suite.check(
    "parliament: the rights of ambit inventory --live on its page are a sound policy",
    [python],
    async ([program]) => {
      const page = readFileSync(join(resolve(__dirname, "../../.."), "docs/inventory.md"), "utf8");
      const [, policy = ""] = /```json\n(\{\n {2}"Version"[^`]+)```/.exec(page) ?? [];
      exactly(await findings(suite, program, [policy]), []);
    },
  );
  const broken: readonly (readonly [what: string, statement: object, issue: RegExp])[] = [
    ["an action that AWS does not have", { Action: "s3:GetObjekt", Resource: "*" }, /UNKNOWN_ACTION/],
    ["a resource of another service", { Action: "s3:GetObject", Resource: "arn:aws:kms:::key" }, /RESOURCE_MISMATCH/],
    ["a statement without a resource", { Action: "s3:GetObject" }, /MALFORMED/],
  ];
  for (const [what, statement, issue] of broken) {
    suite.check(`parliament: fails for ${what}, so that its word means something`, [python], async ([program]) => {
      const text = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
      const found = await findings(suite, program, [text]);
      throws(() => exactly(found, []), issue);
    });
  }
}

interface Stack {
  readonly resource?: object;
}

async function findings(suite: Suite, program: string, policies: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-parliament-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "policies.json");
  writeFileSync(file, JSON.stringify(policies));
  const { stdout } = await succeed(program, ["-W", "ignore", "-c", FINDINGS, file]);
  return JSON.parse(stdout) as readonly string[];
}

/** The texts in resources that are policies, as AWS gets them */
function policiesIn(value: unknown, attribute = ""): readonly string[] {
  if (typeof value === "string") return /^\s*\{.*"Statement"/s.test(value) ? [policyOf(value, attribute)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => policiesIn(inner, Array.isArray(value) ? attribute : key));
}

function policyOf(text: string, attribute: string): string {
  const filled = KEYS.reduce((read, [reference, arn]) => read.replace(reference, arn), text);
  if (attribute !== "assume_role_policy") return filled;
  // A trust policy names no resource: it is the role. parliament's grammar wants one.
  const policy = JSON.parse(filled) as { Statement: object[] };
  return JSON.stringify({ ...policy, Statement: policy.Statement.map((each) => ({ ...each, Resource: "*" })) });
}
