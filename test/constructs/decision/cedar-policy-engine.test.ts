import { VerifiedpermissionsIdentitySource } from "@cdktf/provider-aws/lib/verifiedpermissions-identity-source";
import { VerifiedpermissionsPolicy } from "@cdktf/provider-aws/lib/verifiedpermissions-policy";
import { VerifiedpermissionsPolicyStore } from "@cdktf/provider-aws/lib/verifiedpermissions-policy-store";
import { VerifiedpermissionsSchema } from "@cdktf/provider-aws/lib/verifiedpermissions-schema";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { CedarPolicyEngine, type CedarPolicyEngineProps } from "../../../constructs/decision";
import { REASONS } from "../../../domain";
import { cedarSources } from "../../../policies/cedar-sources";
import { TOKEN } from "../../support/domain";
import { newStack, platformWith, Template } from "../../support/synth";

const PROPS = { quotaPerSecond: 200, expectedPerSecond: 40, audiences: ["ambit-decisions"] };

function engine(changes: Partial<CedarPolicyEngineProps> = {}, protectData = true) {
  const stack = newStack(platformWith({ protectData }));
  const cedar = new CedarPolicyEngine(stack, "Cedar", { ...PROPS, ...changes });
  return { cedar, stack };
}

const templateOf = (...args: Parameters<typeof engine>) => Template.of(engine(...args).stack);

interface Static {
  readonly description: string;
  readonly statement: string;
}

const policiesIn = (template: Template): readonly Static[] =>
  template.all(VerifiedpermissionsPolicy).map(({ definition }) => {
    const [
      {
        static: [policy],
      },
    ] = definition as [{ static: [Static] }];
    return policy;
  });

let rules: string;
beforeEach(() => {
  rules = mkdtempSync(join(tmpdir(), "ambit-cedar-"));
});
afterEach(() => rmSync(rules, { recursive: true }));
const write = (text: string): string => {
  writeFileSync(join(rules, "mine.cedar"), text);
  return relative(process.cwd(), join(rules, "mine.cedar"));
};

const FORBID =
  '@id("custom.night")\nforbid (principal, action == Ambit::Action::"call", resource)\nwhen { context.call == "desk.purge" };\n';

describe("CedarPolicyEngine", () => {
  const template = templateOf();

  test("is a store that takes nothing it has not validated, and refuses to be deleted", () => {
    expect(template.only(VerifiedpermissionsPolicyStore)).toEqual({
      description: "Ambit: decisions of prod",
      deletion_protection: "ENABLED",
      lifecycle: { prevent_destroy: true },
      validation_settings: [{ mode: "STRICT" }],
    });
  });

  test("can be deleted only on a platform that gave up its data", () => {
    expect(templateOf({}, false).only(VerifiedpermissionsPolicyStore)).toMatchObject({
      deletion_protection: "DISABLED",
      lifecycle: { prevent_destroy: false },
    });
  });

  test("has the schema in one namespace", () => {
    const [{ value }] = template.only(VerifiedpermissionsSchema).definition as [{ value: string }];
    expect(Object.keys(JSON.parse(value))).toEqual(["Ambit"]);
  });

  test("has one policy per rule, with the reason that it stands for", () => {
    const { policies } = cedarSources();
    expect(policies.length).toBeGreaterThan(30);
    expect(
      policiesIn(template)
        .map(({ statement }) => statement)
        .sort(),
    ).toEqual(policies.map(({ text }) => text).sort());
    const said = policiesIn(template).map(({ description }) => description);
    expect(said).toContain(`budget.spent: ${REASONS["budget.spent"].what}`);
    expect(said.filter((text) => text.length > 150)).toEqual([]);
  });

  test("gets no policy before it has a schema, which a strict store would refuse", () => {
    const schema = Object.keys(template.json.resource?.aws_verifiedpermissions_schema ?? {})[0];
    const waits = template.all(VerifiedpermissionsPolicy).map(({ depends_on }) => depends_on);
    expect(new Set(waits.flat() as string[])).toEqual(new Set([`aws_verifiedpermissions_schema.${schema}`]));
    expect(waits.every((each) => (each as string[]).length === 1)).toBe(true);
  });

  test("knows agents by SPIRE's tokens for its own audience", () => {
    expect(template.only(VerifiedpermissionsIdentitySource)).toMatchObject({
      principal_entity_type: "Ambit::Agent",
      configuration: [
        {
          open_id_connect_configuration: [
            {
              issuer: "https://oidc.prod.acme.example",
              token_selection: [{ access_token_only: [{ audiences: ["ambit-decisions"], principal_id_claim: "sub" }] }],
            },
          ],
        },
      ],
    });
  });

  test("takes rules of the platform's own, which only forbid", () => {
    write(FORBID);
    const statements = policiesIn(templateOf({ rules })).map(({ statement }) => statement);
    expect(statements).toHaveLength(cedarSources().policies.length + 1);
    expect(statements).toContain(FORBID.trim());
  });

  test("leaves to Terraform nothing of a policy to evaluate", () => {
    write(FORBID.replace("desk.purge", "${var.x} %{if}"));
    const statements = policiesIn(templateOf({ rules })).map(({ statement }) => statement);
    expect(statements.find((text) => text.includes("custom.night"))).toContain('"$${var.x} %%{if}"');
  });

  test("may be asked as often as the quota allows", () => {
    expect(() => engine({ quotaPerSecond: 40 })).not.toThrow();
  });
});

const NUMBER = "must be a number above zero, got";
test.each([
  [
    { expectedPerSecond: 201 },
    "expectedPerSecond is 201, and quotaPerSecond allows 200: have AWS raise the quota, or decide with OPA",
  ],
  [{ quotaPerSecond: 0 }, `quotaPerSecond ${NUMBER} 0`],
  [{ quotaPerSecond: Infinity }, `quotaPerSecond ${NUMBER} Infinity`],
  [{ quotaPerSecond: undefined as never }, `quotaPerSecond ${NUMBER} nothing`],
  [{ expectedPerSecond: Number.NaN }, `expectedPerSecond ${NUMBER} NaN`],
  [{ expectedPerSecond: "40" as never }, `expectedPerSecond ${NUMBER} "40"`],
  [{ expectedPerSecond: -1 }, `expectedPerSecond ${NUMBER} -1`],
  [{ audiences: [] }, "audiences must name at least one audience of JWT-SVIDs, got []"],
  [{ audiences: [""] }, 'audiences must be a non-empty string, got ""'],
  [
    { audiences: [TOKEN] },
    `audiences must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`,
  ],
  [{ rules: "nowhere" }, 'rules must name a folder with .cedar files, got "nowhere"'],
] as const)("fails with %j", (changes, message) => {
  expect(() => engine(changes as Partial<CedarPolicyEngineProps>)).toThrow(`[test/Cedar]: ${message}`);
});

test.each([
  [
    "allow something",
    FORBID.replace("forbid", "permit"),
    /^\[test\/Cedar\]: policies must hold as Cedar: PLACE:1: .*can only refuse/,
  ],
  ["are no Cedar", FORBID.replace("==", "="), /^\[test\/Cedar\]: policies must hold as Cedar: PLACE:2: /],
  [
    "ask for what is not in the schema",
    FORBID.replace("context.call", "context.caller"),
    /^\[test\/Cedar\]: policies must hold as Cedar: PLACE:3: .*caller/,
  ],
  [
    "have the code of another rule",
    FORBID.replace("custom.night", "agent.revoked"),
    /^\[test\/Cedar\]: policies must hold as Cedar: PLACE:1: @id/,
  ],
])("fails when own rules %s, with file and line", (_when, text, message) => {
  const place = write(text);
  expect(() => engine({ rules })).toThrow(
    new RegExp(message.source.replace("PLACE", place.replace(/[.\\/]/g, "\\$&"))),
  );
});

test("fails when a rule is longer than Amazon Verified Permissions takes", () => {
  const place = write(FORBID.replace("desk.purge", "x".repeat(10_000)));
  expect(() => engine({ rules })).toThrow(
    `[test/Cedar]: the policy at ${place}:1 must have at most 10000 bytes for Amazon Verified Permissions, got `,
  );
});

test("fails when the rules together are longer than Amazon Verified Permissions takes", () => {
  const rule = (index: number) => FORBID.replace("night", `night-${index}`).replace("desk.purge", "x".repeat(9_000));
  write(Array.from({ length: 22 }, (_, index) => rule(index)).join("\n"));
  expect(() => engine({ rules })).toThrow(
    /^\[test\/Cedar\]: the policies together must have at most 200000 bytes for Amazon Verified Permissions, got 2\d{5}: write fewer rules, or decide with OPA$/,
  );
});
