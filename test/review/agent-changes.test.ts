import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Acknowledgement, Agent, Approval, Budget, Fleet, Order } from "../../constructs";
import type { AgentClass } from "../../constructs/agent/agent";
import { fleet } from "../../fleet";
import { orders } from "../../fleet/data";
import { payments } from "../../fleet/tools";
import type { Change } from "../../review/change";
import type { Estate } from "../../review/read/resource";
import { ReadCache } from "../../review/read/folder/folder";
import { htmlReport } from "../../review/report/review-page";
import { jsonReport } from "../../review/report/review-json";
import { markdownReport } from "../../review/report/markdown";
import { terminalReport } from "../../review/report/review-text";
import type { Review } from "../../review/review";
import { synthesizeAnew } from "../support/synthesize";
import type { Edit } from "../support/review/edit";
import { estateOf, type Files, filesOf, withEdits } from "../support/review/folders";
import { reviewed } from "../support/review/reviewed";

/** A change of the new agent's own objects, or of what was there before it */
interface FoldCase {
  readonly name: string;
  readonly base?: readonly Edit[];
  readonly edits: readonly Edit[];
  /** Patterns of all that the cluster gives it, unfolded, as `<kind>: <what>` */
  readonly open: readonly string[];
  /** Whether anything is folded; left out, it is. */
  readonly folds?: false;
}

const FOLDS = JSON.parse(readFileSync(join(__dirname, "../cases/review/folds.json"), "utf8")) as readonly FoldCase[];

const NAME = "refund-clerk";
const [find, refund] = [payments.allow("find"), payments.allow("refund")];

interface Declared {
  readonly expires?: "2027-03-31" | "2027-06-30";
  readonly suspended?: true;
  readonly isFree?: true;
}

/** Without it the guardrails refuse the agent that pays freely. */
const ACKNOWLEDGED: Acknowledgement = {
  finding: "AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED[task::payout::payments.refund]",
  hash: "d2f812761ba8ffc1047a35f934d8b6bd",
  reason: "the controllers are being asked",
  owner: "finance-systems@acme.example",
  expires: "2027-03-31",
};

/** The agent of the example, declared otherwise */
const declared = ({ expires = "2027-03-31", suspended, isFree }: Declared): AgentClass =>
  class extends Agent.define(NAME, {
    owner: "finance-systems@acme.example",
    purpose: "Pays out refunds that a controller has approved, after looking at the order",
    expires,
    workload: { namespace: "finance" },
    ...(suspended === true && { suspended }),
    ...(isFree === true && { acknowledgements: [ACKNOWLEDGED] }),
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

const once = new ReadCache();
const others = fleet.members.filter(({ declaration }) => declaration.name !== NAME) as readonly AgentClass[];
const filesWith = (...more: readonly AgentClass[]): Files =>
  filesOf(synthesizeAnew(Fleet.of(...others, ...more).startedBy(...fleet.starters)));
const estateWith = (...more: readonly AgentClass[]): Estate => estateOf(filesWith(...more), once);

const FILES = filesWith(declared({}));
const WITHOUT_FILES = filesWith();
const WITHOUT = estateOf(WITHOUT_FILES, once);
const ACTIVE = estateOf(FILES, once);
const SUSPENDED_FILES = filesWith(declared({ suspended: true }));
const SUSPENDED = estateOf(SUSPENDED_FILES, once);
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
  const review = reviewed(WITHOUT, ACTIVE);

  test("is introduced by the worst that it can do, in the words of its declaration", () => {
    expect(verdictOf(review)).toMatch(new RegExp(`^Approval needed: ${NAME} is new: ${PAYS}; in all 2\\d gains of 1 `));
    expect(linesOf(review)[0]).toBe(`  + tool: ${PAYS}`);
  });

  test("brings what other agents have too, which is folded in every report and listed in all that have room", () => {
    const [last, ...more] = linesOf(review).filter((line) => /^ {2}\+ \d/.test(line));
    expect(last).toMatch(
      /^ {2}\+ 12 gains that other agents have too: 4 identity, 1 enforcement, 5 destination and 2 ttl$/,
    );
    expect(more).toEqual([]);
    const usual = allOf(review).filter(({ showing }) => showing?.fold === "usual");
    const [markdown, html, json] = [markdownReport(review), htmlReport(review), jsonReport(review)];
    expect(markdown).toContain("<details><summary>12 gains that other agents have too: ");
    expect(html.match(/"fold": "that other agents have too"/g)).toHaveLength(12);
    expect(json.match(/"follows": "usual"/g)).toHaveLength(12);
    for (const { what } of usual) for (const report of [markdown, html, json]) expect(report).toContain(what);
  });

  test("without approval and budget reads otherwise than with them", () => {
    const free = reviewed(WITHOUT, FREE);
    expect(linesOf(free)[0]).toBe(`  + tool: ${PAYS_FREELY}`);
    expect(verdictOf(free)).toContain(PAYS_FREELY);
  });

  test("shows no text of a template, and no call of the API of a cluster for which it has no token", () => {
    const text = [review, reviewed(ACTIVE, WITHOUT)].map(jsonReport).join("");
    expect(text).not.toContain("{{");
    expect(text).toContain("its pods get the identity spiffe://prod.acme.example/ns/finance/sa/refund-clerk");
    expect(text).not.toContain("calls the API of the cluster");
  });

  test("whose account gives its token away has that open, however new it is", () => {
    const [key = ""] = Object.keys(resources("kubernetes_service_account_v1")).filter((one) => one.startsWith(NAME));
    const at = `resource/kubernetes_service_account_v1/${key}/automount_service_account_token`;
    const given = edited(FILES, { file: AGENTS, at, set: true });
    const open = allOf(reviewed(WITHOUT, given)).filter(({ showing }) => showing?.fold === undefined);
    expect(open).toContainEqual(
      expect.objectContaining({ what: expect.stringMatching(/get its token unless they refuse/) }),
    );
    expect(jsonReport(reviewed(WITHOUT, given))).toContain("it calls the API of the cluster as that");
  });

  describe("with data in AWS", () => {
    const unlisted = edited(FILES, { file: "ambit/registry.json", at: "agents/researcher", remove: true });
    const foldsOf = (head: Estate) =>
      reviewed(unlisted, head)
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

  describe("in a cluster", () => {
    const inCluster = ({ source: { address } }: Change): boolean => /\/kubernetes_/.test(address);
    const gainsOf = ({ base = [], edits }: FoldCase): readonly Change[] => {
      const before = estateOf(withEdits(WITHOUT_FILES, base), once);
      return reviewed(before, estateOf(withEdits(FILES, edits), once))
        .agents.filter(({ id }) => id === NAME)
        .flatMap(({ gains }) => gains.filter(inCluster));
    };
    const textOf = ({ kind, what }: Change): string => `${kind}: ${what}`;

    test.each(FOLDS.map((one) => [one.name, one] as const))("%s: all else is folded, and this is not", (_, one) => {
      const gains = gainsOf(one);
      const open = gains.filter(({ showing }) => showing?.fold === undefined).map(textOf);
      const missing = one.open.filter((pattern) => !open.some((text) => new RegExp(pattern).test(text)));
      const beyond = open.filter((text) => !one.open.some((pattern) => new RegExp(pattern).test(text)));
      expect({ missing, beyond, open: missing.length > 0 ? open : [] }).toEqual({ missing: [], beyond: [], open: [] });
      expect(gains.some(({ showing }) => showing?.fold === "usual")).toBe(one.folds ?? true);
    });
  });

  test("that is gone is told as that", () => {
    expect(verdictOf(reviewed(ACTIVE, WITHOUT))).toMatch(
      /^No principal gains access, refund-clerk is gone; in all 2\d losses/,
    );
  });
});

test("approval and budget that are removed are told once each, with what becomes possible", () => {
  const review = reviewed(ACTIVE, FREE);
  expect(linesOf(review)).toEqual([
    "  + approval: task payout may call payments.refund (high impact) without approval, was approved by finance-controllers",
    "  + enforcement: its finding AMBIT-AGENT-HIGH-IMPACT-UNCONTROLLED[task::payout::payments.refund] is acknowledged by finance-systems@acme.example until 2027-03-31: the controllers are being asked",
    "  + enforcement: task payout may call payments.refund without a limit, was at most 50 calls per day and 5000 in amount per day",
  ]);
  expect(verdictOf(review)).toMatch(
    /^Approval needed: refund-clerk gains approval: task payout may call payments\.refund /,
  );
  expect(linesOf(reviewed(FREE, ACTIVE)).filter((line) => !line.startsWith("  - "))).toEqual([]);
});

describe("an agent that is suspended", () => {
  test("loses access, and needs no approval", () => {
    const review = reviewed(ACTIVE, SUSPENDED);
    expect(review.requiresApproval).toBe(false);
    expect(verdictOf(review)).toMatch(
      /^No principal gains access, refund-clerk is suspended; in all \d+ losses of 1 principal\.$/,
    );
    expect(linesOf(review)).toContain(`  - tool: ${PAYS}`);
  });

  test("and is active again gains, and what comes back is listed", () => {
    const review = reviewed(SUSPENDED, ACTIVE);
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

describe("an agent that is suspended by half", () => {
  const [REGISTRY, POLICY, BUNDLE] = ["ambit/registry.json", "ambit/policy.json", "ambit/bundle.tar.gz"] as const;
  /** The stacks of one, and what the exchange and the policy engines are given of the other */
  const halves = (stacks: Files, documents: Files): Files => ({
    ...stacks,
    [REGISTRY]: documents[REGISTRY] as string,
    [POLICY]: documents[POLICY] as string,
    [BUNDLE]: documents[BUNDLE] as Buffer,
  });
  const addressOf = (type: string, part: string): string =>
    `agents/${type}.${Object.keys(resources(type)).find((key) => key.startsWith(`${NAME}_${part}`))}`;
  const ACCOUNT = addressOf("kubernetes_service_account_v1", "");
  const RECORD = addressOf("kubernetes_config_map_v1_data", "");
  const REGISTERED = `registry/agents.${NAME}.state`;
  const unknownOf = (review: Review) =>
    review.agents.flatMap(({ id, unknown }) => unknown.map((one) => ({ id, ...one })));
  const undecided = (said: string, places: readonly string[], otherwise: string) => ({
    id: NAME,
    what: "whether it is suspended",
    why: `${REGISTERED} says ${said}, ${places.join(" and ")} ${places.length === 1 ? "says" : "say"} ${otherwise}: synthesize both again`,
    source: expect.objectContaining({ address: REGISTERED, also: places }),
  });
  const registered = estateOf(halves(FILES, SUSPENDED_FILES), once);
  const labelled = estateOf(halves(SUSPENDED_FILES, FILES), once);

  test("in the registry alone, is undecided, and nothing of it is lost", () => {
    const review = reviewed(ACTIVE, registered);
    expect(unknownOf(review)).toEqual([undecided("suspended", [RECORD, ACCOUNT], "active")]);
    expect(allOf(review)).toEqual([]);
    expect(review.requiresApproval).toBe(true);
    expect(verdictOf(review)).not.toMatch(/clerk is suspended|No principal gains/);
  });

  test("in the stacks alone, is undecided", () => {
    const review = reviewed(ACTIVE, labelled);
    expect(unknownOf(review)).toEqual([undecided("active", [RECORD, ACCOUNT], "suspended")]);
    expect(review.requiresApproval).toBe(true);
    expect(verdictOf(review)).not.toMatch(/clerk is suspended|No principal gains/);
  });

  test.each([
    ["its record", "kubernetes_config_map_v1_data", `data/${NAME}.state`, RECORD],
    ["the label of its account", "kubernetes_service_account_v1", "metadata/labels/ambit.internal~state", ACCOUNT],
  ])("in all but %s, is undecided, and that place is named", (_, type, path, place) => {
    const stack = JSON.parse(String(SUSPENDED_FILES[AGENTS]));
    const resource = stack.resource[type][place.slice(place.indexOf(".") + 1)];
    const [last = "", ...above] = path.split("/").reverse();
    const parent = above.reverse().reduce((node, key) => node[key], resource);
    const key = last.replace("~", "/");
    expect(parent[key]).toBe("suspended");
    parent[key] = "active";
    const review = reviewed(ACTIVE, estateOf({ ...SUSPENDED_FILES, [AGENTS]: JSON.stringify(stack) }, once));
    expect(unknownOf(review)).toEqual([undecided("suspended", [place], "active")]);
    expect(review.requiresApproval).toBe(true);
    expect(allOf(review).map(({ what }) => what)).not.toContainEqual(expect.stringMatching(/^the agent is active/));
  });

  test("is told as it is named in every report", () => {
    const review = reviewed(ACTIVE, registered);
    const reports = [terminal(review), markdownReport(review), htmlReport(review), jsonReport(review)];
    for (const report of reports) for (const place of [REGISTERED, RECORD, ACCOUNT]) expect(report).toContain(place);
  });

  test("as it was before is not told again, and is a loss once both agree", () => {
    expect(reviewed(registered, registered).agents).toEqual([]);
    const whole = reviewed(registered, SUSPENDED);
    expect(whole.requiresApproval).toBe(false);
    expect(allOf(whole)).toContainEqual(expect.objectContaining({ what: expect.stringMatching(/get its SVID/) }));
  });

  test("and active again by half, gains what the registry gives back, and is undecided", () => {
    const review = reviewed(SUSPENDED, labelled);
    expect(unknownOf(review)).toHaveLength(1);
    expect(verdictOf(review)).toContain("is active again, was suspended");
  });
});

describe("an agent with a role in AWS", () => {
  const at = "agents/researcher/state";
  const stopped = (files: Files, set: string): Files => withEdits(files, [{ file: "ambit/registry.json", at, set }]);
  const role = Object.keys(resources("aws_iam_role")).find((key) => key.startsWith("researcher")) ?? "";

  test("is named with its role, where that denies nothing", () => {
    const review = reviewed(ACTIVE, estateOf(stopped(FILES, "suspended"), once));
    const [unknown] = review.agents.flatMap(({ unknown: all }) => all.filter(({ what }) => what.endsWith("suspended")));
    expect(unknown?.source.also).toContain(`agents/aws_iam_role.${role}`);
  });

  test.each([
    ["denies everything while all else says active", {}, true],
    ["denies everything under a condition", { Condition: { Bool: { "aws:ViaAWSService": "false" } } }, false],
    ["denies one action", { Action: "s3:GetObject" }, false],
    ["denies everything on one resource", { Resource: "arn:aws:s3:::acme-kb/x" }, false],
    ["allows everything", { Effect: "Allow" }, false],
  ])("whose role %s", (_, change, isTold) => {
    const statement = { Effect: "Deny", Action: "*", Resource: "*", ...change };
    const head = edited(FILES, {
      file: AGENTS,
      at: "resource/aws_iam_role_policy/stop",
      set: {
        name: "stop",
        role: `\${aws_iam_role.${role}.name}`,
        policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      },
    });
    const told = reviewed(ACTIVE, head).agents.flatMap(({ unknown }) => unknown.map(({ source }) => source.also));
    expect(told.some((also) => also?.includes("agents/aws_iam_role_policy.stop.policy"))).toBe(isTold);
  });
});

test("a renewed expiry is headlined as that, and an earlier one", () => {
  expect(verdictOf(reviewed(ACTIVE, RENEWED))).toBe(
    "Approval needed: refund-clerk is renewed until 2027-06-30, was 2027-03-31; in all 1 gain of 1 principal.",
  );
  expect(verdictOf(reviewed(RENEWED, ACTIVE))).toMatch(
    /^No principal gains access, refund-clerk expires on 2027-03-31, was 2027-06-30;/,
  );
});
