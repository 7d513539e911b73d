import { Agent, Approval, Budget, Fleet, Order } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import { fleet } from "../../fleet";
import { orders } from "../../fleet/data";
import { payments } from "../../fleet/tools";
import type { Estate } from "../../review/read/resource";
import { ReadOnce } from "../../review/read/folder/read-once";
import { htmlReport } from "../../review/report/html";
import { jsonReport } from "../../review/report/json";
import { markdownReport } from "../../review/report/markdown";
import { terminalReport } from "../../review/report/terminal";
import type { Review } from "../../review/review";
import { reviewOf } from "../../review/review-of";
import { synthesize } from "../support/example-app";
import type { Edit } from "../support/review/edit";
import { estateOf, type Files, filesOf, withEdits } from "../support/review/folders";

const NAME = "refund-clerk";
const [find, refund] = [payments.allow("find"), payments.allow("refund")];

interface Declared {
  readonly expires?: "2027-03-31" | "2027-06-30";
  readonly suspended?: true;
  readonly isFree?: true;
}

/** The agent of the example, declared otherwise */
const declared = ({ expires = "2027-03-31", suspended, isFree }: Declared): AgentClass =>
  class extends Agent.define(NAME, {
    owner: "finance-systems@acme.example",
    purpose: "Pays out refunds that a controller has approved, after looking at the order",
    expires,
    workload: { namespace: "finance" },
    ...(suspended === true && { suspended }),
    tasks: {
      look: { startedBy: "user", tools: [find], data: [orders.read()] },
      payout: {
        startedBy: "user",
        tools: [refund],
        data: [orders.write()],
        ...(isFree !== true && {
          approval: Approval.from("finance-controllers"),
          budget: [Budget.perDay(50), Budget.sum("amount", 5_000, { per: "day", of: refund })],
        }),
        order: Order.of({ first: find, then: refund, within: "session" }),
      },
    },
  }) {};

const once = new ReadOnce();
const others = fleet.members.filter(({ declaration }) => declaration.name !== NAME) as readonly AgentClass[];
const filesWith = (...more: readonly AgentClass[]): Files => filesOf(synthesize(Fleet.of(...others, ...more)));
const estateWith = (...more: readonly AgentClass[]): Estate => estateOf(filesWith(...more), once);

const FILES = filesWith(declared({}));
const WITHOUT = estateWith();
const ACTIVE = estateOf(FILES, once);
const SUSPENDED = estateWith(declared({ suspended: true }));
const FREE = estateWith(declared({ isFree: true }));
const RENEWED = estateWith(declared({ expires: "2027-06-30" }));

const AGENTS = "stacks/agents/cdk.tf.json";
const edited = (files: Files, edit: Edit): Estate => estateOf(withEdits(files, [edit]), once);
const resources = (type: string): object => JSON.parse(String(FILES[AGENTS])).resource[type];

const plain = (text: string): string => text;
const paint = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain };
const terminal = (review: Review): string => terminalReport(review, { columns: 10_000, paint });
const verdictOf = (review: Review): string => terminal(review).split("\n")[0] as string;
const linesOf = (review: Review): readonly string[] =>
  terminal(review)
    .split("\n")
    .filter((line) => /^ {2}[-+?~=!] /.test(line));
const allOf = (review: Review) => review.agents.flatMap(({ gains, losses }) => [...gains, ...losses]);

const PAYS =
  "task payout may call payments.refund: high impact, approved by finance-controllers, at most 50 calls per day and 5000 in " +
  "amount per day, after payments.find in the session";
const PAYS_FREELY =
  "task payout may call payments.refund: high impact, without approval, without a limit, after payments.find in the session";

describe("a new agent", () => {
  const review = reviewOf(WITHOUT, ACTIVE);

  test("is introduced by the worst that it can do, in the words of its declaration", () => {
    expect(verdictOf(review)).toMatch(new RegExp(`^Approval needed: ${NAME} is new: ${PAYS}; in all 2\\d gains of 1 `));
    expect(linesOf(review)[0]).toBe(`  + tool: ${PAYS}`);
  });

  test("brings what other agents have too, which is folded in every report and listed in all that have room", () => {
    const [last, ...more] = linesOf(review).filter((line) => /^ {2}\+ \d/.test(line));
    expect(last).toMatch(
      /^ {2}\+ 11 gains that other agents have too: 4 identity, 1 enforcement, 4 destination and 2 ttl$/,
    );
    expect(more).toEqual([]);
    const usual = allOf(review).filter(({ showing }) => showing?.fold === "usual");
    const [markdown, html, json] = [markdownReport(review), htmlReport(review), jsonReport(review)];
    expect(markdown).toContain("<details><summary>11 gains that other agents have too: ");
    expect(html.match(/"fold": "that other agents have too"/g)).toHaveLength(11);
    expect(json.match(/"follows": "usual"/g)).toHaveLength(11);
    for (const { what } of usual) for (const report of [markdown, html, json]) expect(report).toContain(what);
  });

  test("without approval and budget reads otherwise than with them", () => {
    const free = reviewOf(WITHOUT, FREE);
    expect(linesOf(free)[0]).toBe(`  + tool: ${PAYS_FREELY}`);
    expect(verdictOf(free)).toContain(PAYS_FREELY);
  });

  test("shows no text of a template, and no call of the API of a cluster for which it has no token", () => {
    const text = [review, reviewOf(ACTIVE, WITHOUT)].map(jsonReport).join("");
    expect(text).not.toContain("{{");
    expect(text).toContain("its pods get the identity spiffe://prod.acme.example/ns/finance/sa/refund-clerk");
    expect(text).not.toContain("calls the API of the cluster");
  });

  test("whose account gives its token away has that open, however new it is", () => {
    const [key = ""] = Object.keys(resources("kubernetes_service_account_v1")).filter((one) => one.startsWith(NAME));
    const at = `resource/kubernetes_service_account_v1/${key}/automount_service_account_token`;
    const given = edited(FILES, { file: AGENTS, at, set: true });
    const open = allOf(reviewOf(WITHOUT, given)).filter(({ showing }) => showing?.fold === undefined);
    expect(open).toContainEqual(
      expect.objectContaining({ what: expect.stringMatching(/get its token unless they refuse/) }),
    );
    expect(jsonReport(reviewOf(WITHOUT, given))).toContain("it calls the API of the cluster as that");
  });

  describe("with data in AWS", () => {
    const unlisted = edited(FILES, { file: "ambit/registry.json", at: "agents/researcher", remove: true });
    const foldsOf = (head: Estate) =>
      reviewOf(unlisted, head)
        .agents.filter(({ id }) => id === "researcher")
        .flatMap(({ gains }) => gains.filter(({ witness }) => witness.startsWith("AWS:") && !/assumed/.test(witness)))
        .map(({ kind, showing }) => `${kind} ${showing?.fold ?? "open"}`);

    test("has requests to AWS folded that its declaration explains", () => {
      expect(new Set(foldsOf(ACTIVE))).toEqual(new Set(["action declared", "trust usual"]));
    });

    test("and none of them, where one is not explained", () => {
      const [key = ""] = Object.keys(resources("aws_iam_role_policy")).filter((one) => one.startsWith("researcher"));
      const wider = edited(FILES, {
        file: AGENTS,
        at: `resource/aws_iam_role_policy/${key}/policy`,
        from: "acme-kb/articles/*",
        to: "acme-kb/*",
        all: true,
      });
      expect(foldsOf(wider)).toContain("action open");
      expect(foldsOf(wider)).not.toContain("action declared");
    });
  });

  test("that is gone is told as that", () => {
    expect(verdictOf(reviewOf(ACTIVE, WITHOUT))).toMatch(
      /^Nobody gains access, refund-clerk is gone; in all 2\d losses/,
    );
  });
});

test("approval and budget that are removed are told once each, with what becomes possible", () => {
  const review = reviewOf(ACTIVE, FREE);
  expect(linesOf(review)).toEqual([
    "  + approval: task payout may call payments.refund (high impact) without approval, was approved by finance-controllers",
    "  + enforcement: task payout may call payments.refund without a limit, was at most 50 calls per day and 5000 in amount per day",
  ]);
  expect(verdictOf(review)).toMatch(
    /^Approval needed: refund-clerk gains approval: task payout may call payments\.refund /,
  );
  expect(linesOf(reviewOf(FREE, ACTIVE)).filter((line) => !line.startsWith("  - "))).toEqual([]);
});

describe("an agent that is suspended", () => {
  test("loses, and nobody need approve it", () => {
    const review = reviewOf(ACTIVE, SUSPENDED);
    expect(review.requiresApproval).toBe(false);
    expect(verdictOf(review)).toMatch(
      /^Nobody gains access, refund-clerk is suspended; in all \d+ losses of 1 principal\.$/,
    );
    expect(linesOf(review)).toContain(`  - tool: ${PAYS}`);
  });

  test("and is active again gains, and what comes back is listed", () => {
    const review = reviewOf(SUSPENDED, ACTIVE);
    expect(review.requiresApproval).toBe(true);
    expect(verdictOf(review)).toMatch(
      /^Approval needed: refund-clerk is active again, was suspended; in all \d+ gains of 1 /,
    );
    expect(linesOf(review)[0]).toContain("the agent is active, and may do all that its tasks allow, was suspended");
    for (const line of [PAYS, "task look may call payments.find", "task payout may write orders (restricted)"]) {
      expect(linesOf(review).some((one) => one.endsWith(`: ${line}`))).toBe(true);
    }
    expect(allOf(review)).toContainEqual(
      expect.objectContaining({ kind: "identity", what: expect.stringMatching(/SVID/) }),
    );
  });
});

test("a renewed expiry is headlined as that, and an earlier one", () => {
  expect(verdictOf(reviewOf(ACTIVE, RENEWED))).toBe(
    "Approval needed: refund-clerk is renewed until 2027-06-30, was 2027-03-31; in all 1 gain of 1 principal.",
  );
  expect(verdictOf(reviewOf(RENEWED, ACTIVE))).toMatch(
    /^Nobody gains access, refund-clerk expires on 2027-03-31, was 2027-06-30;/,
  );
});
