import { unpairedCalls } from "../../../../cli/audit/trace/call-pairs";
import { stepsOf } from "../../../../cli/audit/trace/story";
import type { PlacedRecord } from "../../../../cli/audit/verified-records";

type Kind = "outcome" | "refused" | "spent";
type Call = readonly [kind: Kind, call: string, token?: string];

const recordsOf = (calls: readonly Call[]): readonly PlacedRecord[] =>
  calls.map(([kind, call, token = "t"], index) => ({
    index,
    bytes: Buffer.alloc(0),
    record: {
      version: "ambit.audit/2",
      writer: "w",
      sequence: index + 1,
      kind: `call.${kind}`,
      time: 1_796_000_000,
      facts: { call, token, outcome: "succeeded" },
    },
  }));

const PAIRS: readonly (readonly [string, readonly Call[], readonly number[], readonly number[]])[] = [
  [
    "each call has its outcome",
    [
      ["spent", "a"],
      ["outcome", "a"],
    ],
    [],
    [],
  ],
  [
    "an outcome stands before its decision, as two exchanges wrote them",
    [
      ["outcome", "a"],
      ["spent", "a"],
    ],
    [],
    [],
  ],
  [
    "a call was stopped before it went out",
    [
      ["spent", "a"],
      ["refused", "a"],
    ],
    [],
    [],
  ],
  [
    "of two calls of one action one has ended",
    [
      ["spent", "a"],
      ["spent", "a"],
      ["outcome", "a"],
    ],
    [1],
    [],
  ],
  ["a call ended that no record lets go", [["outcome", "a"]], [], [0]],
  [
    "an outcome is told twice",
    [
      ["spent", "a"],
      ["outcome", "a"],
      ["outcome", "a"],
    ],
    [],
    [],
  ],
  [
    "another action ended",
    [
      ["spent", "a"],
      ["outcome", "b"],
    ],
    [0],
    [1],
  ],
  [
    "it ended with another token",
    [
      ["spent", "a"],
      ["outcome", "a", "u"],
    ],
    [0],
    [1],
  ],
  ["a call was refused alone", [["refused", "a"]], [], []],
];

test.each(PAIRS)("%s", (_, calls, withoutOutcome, withoutDecision) => {
  const found = unpairedCalls(recordsOf(calls));
  expect([[...found.withoutOutcome], [...found.withoutDecision]]).toEqual([withoutOutcome, withoutDecision]);
});

test("a story says of which call no outcome is on record, and which outcome no record accounts for", () => {
  const [allowed, ended] = stepsOf(
    recordsOf([
      ["spent", "a"],
      ["outcome", "b"],
    ]),
    [],
  );
  expect(allowed).toMatchObject({ title: "a is allowed; no outcome is on record" });
  expect(allowed).not.toHaveProperty("unaccounted");
  expect(ended).toMatchObject({ title: "b ended: succeeded", unaccounted: "no record lets this call go out" });
});
