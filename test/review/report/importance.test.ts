import fc from "fast-check";
import { type Change, CHANGE_KINDS, type ChangeKind, type Presentation } from "../../../review/change";
import { findingsOf } from "../../../review/report/findings";
import { groupsOf } from "../../../review/report/groups";
import { isGrave } from "../../../review/report/importance";
import type { Combination, PrincipalReview, Review } from "../../../review/review";
import { anyReview, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";
import "../../support/depth";

const change = (kind: ChangeKind, what = "a") => ({ kind, what, witness: "w", source: { address: "x" } });
const unknown = { what: "u", why: "y", source: { address: "x" } };

function principal(id: string, of: Partial<PrincipalReview>): PrincipalReview {
  return { ...AGENT, id, ...of };
}

const combination = (isNew: boolean): Combination => ({ code: "c", what: "a", parts: [], isNew });

const titles = (review: Review): readonly string[] =>
  groupsOf(review, findingsOf(review)).map((group) => (group.about === "principal" ? group.principal.id : group.about));

function reviewOf(...agents: readonly PrincipalReview[]): Review {
  return { ...NOTHING, agents };
}

test("kinds come in one order: combinations, identity, restrictions, the unknown, abilities", () => {
  const gains = CHANGE_KINDS.map((kind) => change(kind));
  const agent = principal("a", { gains, unknown: [unknown], combinations: [combination(true)] });
  expect(findingsOf(reviewOf(agent)).map(({ kind }) => kind)).toEqual([
    "combination",
    "identity",
    "trust",
    "boundary",
    "approval",
    "enforcement",
    "unknown",
    "delegation",
    "sensitivity",
    "action",
    "tool",
    "destination",
    "network",
    "ttl",
  ]);
});

test("only what stands before the unknown is grave", () => {
  const kinds = [...CHANGE_KINDS, "unknown" as const, "combination" as const];
  expect(kinds.filter((kind) => isGrave({ kind })).sort()).toEqual([
    "approval",
    "boundary",
    "combination",
    "enforcement",
    "identity",
    "trust",
  ]);
});

test("a new combination of the least agent comes before all other findings", () => {
  const low = principal("z", {
    combinations: [combination(true)],
    risk: { after: { score: 0, tier: "low", reasons: [] } },
  });
  const high = principal("a", { gains: [change("identity")] });
  expect(findingsOf(reviewOf(high, low)).map((finding) => finding.principal?.id)).toEqual(["z", "a"]);
});

test("what stood before comes after what is new, what is refused after that, a loss last", () => {
  const agent = principal("a", {
    gains: [change("ttl")],
    losses: [change("identity")],
    unknown: [unknown],
    combinations: [combination(false)],
  });
  const review = { ...reviewOf(agent), undeclared: [change("trust")], ungranted: [change("trust")] };
  expect(findingsOf(review).map(({ direction }) => direction)).toEqual([
    "unknown",
    "gain",
    "undeclared",
    "standing",
    "ungranted",
    "loss",
  ]);
});

test("a loss of any kind comes after the least gain", () => {
  const [first, last] = findingsOf(reviewOf(principal("a", { losses: [change("identity")], gains: [change("ttl")] })));
  expect([first?.direction, last?.direction]).toEqual(["gain", "loss"]);
});

test("of two gains of a kind, that of the riskier agent comes first", () => {
  const low = principal("a", { gains: [change("action")], risk: { after: { score: 1, tier: "low", reasons: [] } } });
  const high = principal("b", { gains: [change("action")], risk: { after: { score: 90, tier: "high", reasons: [] } } });
  expect(findingsOf(reviewOf(low, high)).map((finding) => finding.principal?.id)).toEqual(["b", "a"]);
});

test("who has no risk is taken to be the riskiest", () => {
  const agent = principal("a", {
    gains: [change("action")],
    risk: { after: { score: 100, tier: "high", reasons: [] } },
  });
  const role = principal("z/aws_iam_role.z", { isAgent: false, gains: [change("action")] });
  expect(findingsOf(reviewOf(agent, role)).map((finding) => finding.principal?.id)).toEqual(["z/aws_iam_role.z", "a"]);
});

describe("what a report leads with", () => {
  const shown = (kind: ChangeKind, what: string, showing: Presentation): Change => ({ ...change(kind, what), showing });
  const inFindings = (...gains: readonly Change[]) =>
    findingsOf(reviewOf(principal("a", { gains }))).map(({ what }) => what);
  const inItsGroup = (...gains: readonly Change[]) => {
    const review = reviewOf(principal("a", { gains }));
    return groupsOf(review, findingsOf(review)).flatMap(({ findings }) => findings.map(({ what }) => what));
  };

  test("is never folded, however grave it is", () => {
    const folded = shown("identity", "folded", { fold: "usual" });
    expect(inFindings(folded, change("ttl", "open"))).toEqual(["open", "folded"]);
    expect(inItsGroup(folded, change("ttl", "open"))).toEqual(["open", "folded"]);
  });

  test("of all principals is an identity, and of one its worst ability", () => {
    const [pays, is] = [shown("tool", "pays", { place: "first" }), change("identity", "is")];
    expect(inFindings(is, pays)).toEqual(["is", "pays"]);
    expect(inItsGroup(is, pays)).toEqual(["pays", "is"]);
  });

  test("of one principal is never a folded finding", () => {
    const folded = shown("tool", "folded", { place: "first", fold: "declared" });
    const early = shown("tool", "early", { place: "early" });
    expect(inItsGroup(folded, early)).toEqual(["early", "folded"]);
    expect(inItsGroup(folded, change("ttl", "open"))).toEqual(["open", "folded"]);
  });
});

test("principals come in the order of their most important finding", () => {
  expect(titles(EXAMPLE)).toEqual([
    "support-triage",
    "legacy/aws_iam_role.batch",
    "general",
    "undeclared",
    "researcher",
    "ungranted",
  ]);
});

test("who has only another risk or another horizon comes last, by name, and who has neither not at all", () => {
  const risk = {
    before: { score: 1, tier: "low", reasons: [] },
    after: { score: 2, tier: "low", reasons: ["writes"] },
  };
  const horizon = { after: { seconds: 300, path: "tools", because: "a stream" } };
  const agents = [principal("z", { risk }), principal("b", { horizon }), principal("a", {})];
  expect(titles(reviewOf(...agents, principal("y", { gains: [change("ttl")] })))).toEqual(["y", "b", "z"]);
});

test("no finding of any review is lost or made up", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const count = review.agents.reduce(
        (sum, { gains, losses, unknown: open, combinations }) =>
          sum + gains.length + losses.length + open.length + combinations.length,
        review.undeclared.length + review.ungranted.length + review.unknown.length,
      );
      const findings = findingsOf(review);
      expect(findings).toHaveLength(count);
      expect(groupsOf(review, findings).flatMap((group) => group.findings)).toHaveLength(count);
    }),
  );
});

test("the order of the review does not matter", () => {
  fc.assert(
    fc.property(twoOrders, ([one, other]) => {
      const texts = (review: Review) =>
        findingsOf(review).map(({ principal: who, ...finding }) => JSON.stringify([who?.id, finding]));
      expect(texts(other)).toEqual(texts(one));
    }),
  );
});
