import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Change, checkInput, explanationOf, type ReasonCode, REASONS } from "../../../../domain";
import { decisionCases } from "../../../support/decisions/cases";

interface Written {
  readonly code: ReasonCode;
  /** `<file>: <name>` of a hand-written decision */
  readonly case: string;
  readonly what: string;
  readonly about: object | null;
  readonly changes: readonly Omit<Change, "apply">[];
  readonly hopeless?: string;
}

const WRITTEN = JSON.parse(readFileSync(join(__dirname, "../../../cases/remedies.json"), "utf8")) as readonly Written[];
const CASES = new Map(decisionCases().map((found) => [`${found.file}: ${found.name}`, found]));

/** Those that are allowed */
const ALLOWED = [...CASES.values()].flatMap(({ input, policy, revision, expected }) => {
  const checked = checkInput(input);
  return checked.ok && expected.decision === "allow" ? [{ policy, revision, input: checked.input }] : [];
});

test("every code that a policy decides has its texts", () => {
  const decided = Object.keys(REASONS).filter((code) => !/^(input|engine)\./.test(code));
  expect([...new Set(WRITTEN.map(({ code }) => code))]).toEqual(decided);
});

test.each(WRITTEN.map((written) => [written.code, written.case, written] as const))(
  "%s, where %s",
  (code, name, written) => {
    const found = CASES.get(name);
    const checked = checkInput(found?.input);
    if (found === undefined || !checked.ok) throw new Error(`no such case: ${name}`);
    const situation = { policy: found.policy, revision: found.revision, input: checked.input };
    const { what, about = null, changes, ...rest } = explanationOf(situation, code);
    const shown = changes.map(({ apply, ...change }) => (typeof apply === "function" ? change : { apply }));
    expect({ code, case: name, what, about, changes: shown, ...rest }).toEqual(written);
  },
);

test("of a rule of the platform's own nothing is known but its code", () => {
  const found = CASES.get("bases: triage reads a ticket");
  const checked = checkInput(found?.input);
  if (found === undefined || !checked.ok) throw new Error("no such base");
  expect(explanationOf({ policy: found.policy, revision: 7, input: checked.input }, "custom.night")).toEqual({
    what: "a rule of the platform's own refused",
    changes: [],
    hopeless: "only who wrote the rule custom.night knows what it would allow: look at the rule",
  });
});

test.each(Object.keys(REASONS) as ReasonCode[])(
  "of an allowed request %s says nothing that could not be read",
  (code) => {
    for (const situation of ALLOWED) {
      const { what, changes, hopeless = "" } = explanationOf(situation, code);
      const texts = [what, hopeless, ...changes.flatMap(({ text, caution = "" }) => [text, caution])].join("\n");
      expect(texts).not.toMatch(/undefined|NaN|null|\[object|Infinity/);
      expect(what).not.toBe("");
    }
  },
);
