import { checkInput, type PolicyDocument } from "../../domain";
import { decisionCases } from "../support/decisions/cases";
import { oracle } from "../support/decisions/oracle";

const cases = decisionCases();
const MALFORMED = "contract";

test("there are cases of every kind", () => {
  const denials = cases.filter(({ expected }) => expected.decision === "deny").length;
  expect(cases.length).toBeGreaterThan(500);
  expect(denials).toBeGreaterThan(cases.length / 2);
  expect(cases.length - denials).toBeGreaterThan(100);
});

const named = (ofContract: boolean) =>
  cases
    .filter(({ file }) => (file === MALFORMED) !== ofContract)
    .map((one) => [`${one.file}: ${one.name}`, one] as const);

test.each(named(true))("%s", (_, { input, policy, revision, expected }) => {
  expect(said(input, policy, revision)).toEqual(expected);
});

test.each(named(false))("%s", (_, { input, expected }) => {
  const checked = checkInput(input);
  expect(checked.ok ? "of the contract" : [checked.problem.code]).toEqual(expected.reasons);
});

function said(input: unknown, policy: PolicyDocument, revision: number) {
  const checked = checkInput(input);
  if (!checked.ok) throw new Error(checked.problem.what);
  const { allow, reasons, observed } = oracle({ input: checked.input, policy, revision });
  return { decision: allow ? "allow" : "deny", reasons, observed };
}
