import { duration } from "../../../review/report/text-parts";
import { factsOf } from "../../../review/report/principal-facts";
import type { Horizon, PrincipalReview, Risk } from "../../../review/review";
import { AGENT } from "./example-review";

const risk = (...reasons: readonly string[]): Risk => ({ score: 1, tier: "low", reasons });
const horizon = (seconds: number, path = "tools"): Horizon => ({ seconds, path, because: "a stream" });
const facts = (of: Partial<PrincipalReview>): readonly string[] => factsOf({ ...AGENT, ...of }, (text) => `<${text}>`);

test.each([
  [300, "5 min"],
  [4_500, "1 h 15 min"],
  [3_601, "1 h 1 s"],
  [59, "59 s"],
  [0, "0 s"],
  [-1, "−1 s"],
  [1.5, "1.5 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each<readonly [string, Partial<PrincipalReview>, readonly string[]]>([
  ["nothing where nothing changes", { risk: { before: risk("a"), after: risk("a") } }, []],
  [
    "only reasons that are new or gone",
    { risk: { before: risk("a", "b"), after: risk("b", "c") } },
    ["risk, new: <c>; gone: <a>"],
  ],
  ["every reason of an agent that is new", { risk: { after: risk("a", "b") } }, ["risk, new: <a>, <b>"]],
  ["no reason of an agent that is gone", { risk: { before: risk("a", "b") } }, []],
  [
    "the heaviest reasons, and how many more",
    { risk: { after: risk(..."abcdefghij") } },
    ["risk, new: <a>, <b>, <c>, <d>, <e>, <f>, <g>, <h>, 2 more"],
  ],
  ["no horizon that stays", { horizon: { before: horizon(300), after: horizon(300) } }, []],
  [
    "a horizon that is longer, its path and why",
    { horizon: { before: horizon(300), after: horizon(900, "aws") } },
    ["revocation horizon 5 min (<tools>) → 15 min (<aws>), because of <a stream>"],
  ],
  [
    "a horizon through another path",
    { horizon: { before: horizon(300), after: horizon(300, "researcher tools") } },
    ["revocation horizon 5 min (<tools>) → 5 min (<researcher tools>), because of <a stream>"],
  ],
  [
    "that nothing works after a kill any more",
    { horizon: { before: horizon(300) } },
    ["revocation horizon 5 min (<tools>) → none"],
  ],
])("says %s", (_, of, said) => {
  expect(facts(of)).toEqual(said);
});
