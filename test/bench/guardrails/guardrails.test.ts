import type { Measures } from "../stopwatch";
import type { GuardrailsResult } from "./bench";
import { guardrailsRows, isAccepted } from "./result";

const took = (cpu: number): Measures => ({ steps: { step: { wall: 2 * cpu, cpu } }, peakBytes: 0 });
const result = ({ guarded = 1_100, more = 400 } = {}): GuardrailsResult => ({
  machine: "a machine",
  busy: 0,
  agents: 1_000,
  many: 4_000,
  with: [took(guarded)],
  without: [took(1_000)],
  few: [took(100)],
  more: [took(more)],
});

test("a synth with guardrails is held to one without, and their growth to a straight line", () => {
  const rows = guardrailsRows(result());
  expect(rows[1]).toEqual([
    "synth, 1,000 agents",
    "1,000 ms",
    "1,100 ms",
    "1.10",
    "1.10 to 1.10",
    "at most 1.1",
    "met",
  ]);
  expect(rows.at(-1)).toEqual(["growth, exponent", "", "", "1.00", "1.00 to 1.00", "at most 1.1", "met"]);
  expect(isAccepted(result())).toBe(true);
});

test("fails where guardrails add more than a tenth", () => {
  expect(guardrailsRows(result({ guarded: 1_200 }))[1]?.at(-1)).toBe("missed");
  expect(isAccepted(result({ guarded: 1_200 }))).toBe(false);
});

test("fails where they grow faster than the fleet", () => {
  expect(
    guardrailsRows(result({ more: 600 }))
      .at(-1)
      ?.at(-1),
  ).toBe("missed");
  expect(isAccepted(result({ more: 600 }))).toBe(false);
});
