import type { BlockRule, Rule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { judgeStack } from "../../../constructs/guardrails/judge";
import { type ControlId, STANDARDS } from "../../../domain/standards";
import type { Coverage, EntryCoverage } from "../../../governance/coverage/coverage";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { DAY, type EditParts, exampleOutput, resource } from "../../support/coverage/example-output";

const RULE = {
  severity: "low",
  what: "no table may be there",
  why: "it is a test",
  fix: "remove it",
  standards: ["maestro/L1"],
} as const;
const tables: BlockRule = {
  ...RULE,
  id: "AMBIT-TEST-TABLES",
  looksAt: ["aws_dynamodb_table"],
  *check({ body }) {
    if (body["name"] === "ambit-prod-state") yield { what: "table", at: "name", evidence: "ambit-prod-state" };
  },
};
const nothing: BlockRule = { ...RULE, id: "AMBIT-TEST-NOTHING", looksAt: ["aws_foreign"], check: () => [] };
const agents: Rule = {
  ...RULE,
  id: "AMBIT-TEST-AGENTS",
  *checkAgent({ workload }) {
    if (workload.serviceAccount === "web-reader") yield { what: "reader", at: "name", evidence: "web-reader" };
  },
};

const covered = (rules: readonly Rule[], edit?: EditParts, day?: string): Coverage =>
  coverageOf(exampleOutput(edit, day), { rules });
const entry = ({ standards }: Coverage, control: ControlId): EntryCoverage =>
  standards.flatMap(({ entries }) => entries).find((each) => each.control === control) as EntryCoverage;

test("every entry of every standard is told, in the publisher's order and spelling", () => {
  const { standards } = covered([]);
  expect(standards.map(({ id }) => id)).toEqual(Object.keys(STANDARDS));
  expect(standards.find(({ id }) => id === "owasp-nhi")?.entries.map(({ label }) => label)).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((number) => `NHI${number}:2025`),
  );
});

test("each entry says what stays with the customer", () => {
  const entries = covered(RULES).standards.flatMap((standard) => standard.entries);
  expect(entries.filter(({ yours }) => yours.length === 0 || yours.some((text) => text === ""))).toEqual([]);
});

test("an entry that nothing shows is the customer's, all of it", () => {
  expect(entry(covered([]), "sp800-53/AC-1")).toMatchObject({
    level: "yours",
    by: [],
    rules: [],
    yours: ["all of it: nothing in a synthesized folder shows it"],
  });
});

test("a guardrail that refuses nothing contributes to what it cites", () => {
  expect(entry(covered([nothing]), "maestro/L1")).toMatchObject({
    level: "contributes",
    rules: ["AMBIT-TEST-NOTHING"],
  });
  expect(covered([nothing]).rules).toMatchObject([{ looked: 0, refused: [] }]);
});

test("fails to contribute by a guardrail that refuses something", () => {
  const coverage = covered([tables]);
  expect(entry(coverage, "maestro/L1")).toMatchObject({ level: "yours", rules: [], open: ["AMBIT-TEST-TABLES"] });
  expect(coverage.rules).toMatchObject([
    {
      looked: 3,
      refused: ["AMBIT-TEST-TABLES[table] at foundation/aws_dynamodb_table.Tables_State_D60EBB6B"],
    },
  ]);
});

test("fails to contribute by a guardrail that refuses an agent", () => {
  const coverage = covered([agents]);
  expect(entry(coverage, "maestro/L1").level).toBe("yours");
  expect(coverage.rules).toMatchObject([{ looked: 9, refused: ["AMBIT-TEST-AGENTS[reader] at agent.web-reader"] }]);
});

test("fails to contribute by a guardrail that breaks", () => {
  const broken: BlockRule = {
    ...tables,
    check: () => {
      throw new Error("broken");
    },
  };
  expect(entry(covered([broken]), "maestro/L1").level).toBe("yours");
});

const acknowledged: EditParts = (parts) => {
  const output = exampleOutput();
  const now = new Date(`${DAY}T00:00:00Z`);
  const [finding] = output.stacks.flatMap((stack) => judgeStack(stack, { rules: [tables], now }).refused);
  const reason = "known since it was made";
  const known = { finding: finding?.id, reason, owner: "platform@acme.example", expires: "2027-03-01" };
  resource(parts, "foundation", "aws_dynamodb_table", "Tables_State")["//"].acknowledged = {
    [finding?.hash as string]: known,
  };
};

const provided = { standards: ["maestro/L5"] } as const;

test("fails to provide beside a refused finding that cites the same entry, and names it", () => {
  const coverage = covered([{ ...tables, ...provided }]);
  expect(entry(coverage, "maestro/L5")).toMatchObject({
    level: "contributes",
    parts: [],
    by: expect.arrayContaining(["C16"]),
    lowered: [{ finding: "AMBIT-TEST-TABLES[table] at foundation/aws_dynamodb_table.Tables_State_D60EBB6B" }],
    open: ["AMBIT-TEST-TABLES"],
  });
});

test("fails to provide beside an acknowledged finding, and names who answers for it", () => {
  const coverage = covered([{ ...tables, ...provided }], acknowledged);
  expect(entry(coverage, "maestro/L5")).toMatchObject({
    level: "contributes",
    parts: [],
    lowered: [
      {
        finding: "AMBIT-TEST-TABLES[table] at foundation/aws_dynamodb_table.Tables_State_D60EBB6B",
        acknowledged: { owner: "platform@acme.example", expires: "2027-03-01" },
      },
    ],
    open: [],
  });
});

test("a finding that cites other entries, and a guardrail that found nothing, lower none", () => {
  expect(entry(covered([tables]), "maestro/L5")).toMatchObject({ level: "provides", lowered: [] });
  expect(entry(covered([{ ...nothing, ...provided }]), "maestro/L5")).toMatchObject({ level: "provides", lowered: [] });
});

/** By what is written into a stack: its section, type or name, and what it holds */
const UNSEEN: readonly (readonly [what: string, json: object, finding: string])[] = [
  ["calls a module", { module: { undo: { source: "./undo" } } }, "AMBIT-STATE-MODULE[undo] at other/module.undo"],
  [
    "runs a program at plan",
    { data: { external: { x: { program: ["sh"] } } } },
    "AMBIT-STATE-HIDDEN-RESOURCE[data.external] at other/data.external.x",
  ],
  [
    "runs a command at apply",
    { resource: { terraform_data: { x: { provisioner: [{ "local-exec": { command: "true" } }] } } } },
    "AMBIT-STATE-PROVISIONER[local-exec] at other/terraform_data.x",
  ],
  [
    "has an action",
    { action: { aws_lambda_invoke: { x: { config: {} } } } },
    "AMBIT-STATE-UNKNOWN-BLOCK[action.aws_lambda_invoke] at other/action.aws_lambda_invoke.x",
  ],
  [
    "invokes a function",
    { resource: { aws_lambda_invocation: { x: { function_name: "x", input: "{}" } } } },
    "AMBIT-STATE-INVOCATION[aws_lambda_invocation] at other/aws_lambda_invocation.x",
  ],
];

const beside = (json: object) => coverageOf(exampleOutput(({ stacks }) => Object.assign(stacks, { other: json })));

test.each(UNSEEN)("fails to provide anything where a stack %s, which no reader sees", (_, json, finding) => {
  const { standards } = beside(json);
  const entries = standards.flatMap((standard) => standard.entries);
  expect(entries.filter(({ level }) => level === "provides")).toEqual([]);
  expect(entry(covered([]), "maestro/L5").level).toBe("provides");
  expect(entries.find(({ control }) => control === "maestro/L5")?.lowered).toEqual([{ finding }]);
});

test("what only reads a value lowers what cites it alone", () => {
  const { standards } = beside({ data: { http: { x: { url: "https://acme.example" } } } });
  const entries = standards.flatMap((standard) => standard.entries);
  expect(entries.find(({ control }) => control === "maestro/L5")).toMatchObject({ level: "provides", lowered: [] });
});

test("an entry that is not provided anyway is lowered by none", () => {
  expect(entry(covered([tables]), "maestro/L1").lowered).toEqual([]);
});

test("an acknowledged finding is shown beside, and the guardrail contributes", () => {
  const coverage = covered([tables], acknowledged);
  expect(entry(coverage, "maestro/L1").level).toBe("contributes");
  expect(coverage.rules).toMatchObject([
    { refused: [], acknowledged: [{ owner: "platform@acme.example", expires: "2027-03-01" }] },
  ]);
});

test("fails to contribute from the day on which the acknowledgement ends", () => {
  expect(entry(covered([tables], acknowledged, "2027-02-28"), "maestro/L1").level).toBe("contributes");
  expect(entry(covered([tables], acknowledged, "2027-03-01"), "maestro/L1").level).toBe("yours");
});

test("the entry of an agent counts until the day on which it ends", () => {
  const on = (day: string) => covered([], undefined, day).safeguards.find(({ id }) => id === "C14");
  expect(on("2027-02-27")?.extent).toBe("whole");
  expect([...(on("2027-02-28")?.lacks.keys() ?? [])]).toEqual(["press-watcher", "press-writer"]);
  expect(entry(covered([], undefined, "2027-02-28"), "ai-rmf/GOVERN 1.6").level).toBe("contributes");
});

test("the guardrails of this repository refuse nothing in the example", () => {
  expect(covered(RULES).rules.filter(({ refused }) => refused.length > 0)).toEqual([]);
});

test("one of many agents takes away that something is provided, and is named", () => {
  const coverage = covered([], ({ policy }) => {
    delete policy.agents["spiffe://prod.acme.example/ns/research/sa/researcher"];
  });
  expect(entry(coverage, "owasp-asi/ASI02")).toMatchObject({ level: "contributes", parts: [], open: ["C08"] });
  expect([...(coverage.safeguards.find(({ id }) => id === "C08")?.lacks ?? [])]).toEqual([
    ["researcher", "each of its tasks in the policy document"],
  ]);
});
