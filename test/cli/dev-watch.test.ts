import { BoundedMap } from "../../cli/dev/bounded-map";
import type { Numbered, Seen } from "../../cli/dev/watch/events";
import { Explainer } from "../../cli/dev/watch/explainer";
import { Feed } from "../../cli/dev/watch/feed";
import { heardBy, type Part } from "../../cli/dev/watch/observer";
import { Watch } from "../../cli/dev/watch/watch";
import type { Decision, PolicyDocument } from "../../domain";
import { fleet } from "../../fleet";
import type { Act } from "../../runtime/audit/audit";
import { approvalKey, revokedKey, sessionKey } from "../../runtime/store/keys";
import { userDigest } from "../../runtime/store/user-digest";
import { developmentDocument } from "../../cli/dev/development-registry";
import { request } from "../support/decisions/request";

const ISSUER = "https://login.example";
const ANN = userDigest({ issuer: ISSUER, subject: "ann" });

function world() {
  const feed = new Feed();
  const watch = new Watch(feed);
  for (const name of ["ann", "carol", "olga"]) watch.know(ISSUER, name);
  const seen = async (): Promise<readonly Numbered[]> => {
    await watch.settled();
    return feed.since();
  };
  return { feed, watch, seen };
}

function act(kind: string, facts: Act["event"]["facts"], session?: object): Act {
  const key = sessionKey(1, { agent: "desk", whose: ANN });
  const writes = session === undefined ? [] : [{ kind: "put", key, value: session, when: "absent" }];
  return { writes: writes as Act["writes"], event: { kind, time: 1, facts } };
}

const RUN = {
  run: "r-1",
  txn: "t-1",
  sid: "s-1",
  agent: "desk",
  task: "tell",
  start: "user",
  user: ANN,
  chain: [{ agent: "front", task: "ask", run: "r-0" }],
  runExpiresAt: 900,
};
const CLEAN = { sid: "s-1", mark: "public", tainted: false };

describe("what is watched", () => {
  test("is a run with its chain and user, and its session as it rises, by the exchange's own writes", async () => {
    const { watch, seen } = world();
    watch.act(act("run.begun", RUN, CLEAN));
    watch.act(act("call.spent", { run: "r-1" }, { ...CLEAN, mark: "confidential" }));
    watch.act(
      act("call.outcome", { run: "r-1", call: "crm.read", outcome: "succeeded" }, { ...CLEAN, mark: "confidential" }),
    );
    watch.act(act("run.joined", RUN, { ...CLEAN, mark: "confidential", tainted: true }));
    expect(await seen()).toMatchObject([
      { number: 1, kind: "run", how: "begun", run: "r-1", user: "ann", chain: [{ agent: "front", task: "ask" }] },
      { number: 2, kind: "session", agent: "desk", mark: "public", tainted: false, rose: false },
      { number: 3, kind: "session", mark: "confidential", tainted: false, rose: true },
      { number: 4, kind: "outcome", what: "crm.read succeeded" },
      { number: 5, kind: "run", how: "joined" },
      { number: 6, kind: "session", mark: "confidential", tainted: true, rose: true },
    ]);
  });

  test("is each decision once: of the gateway, of the exchange, of the companion", async () => {
    const { watch, seen } = world();
    watch.act(act("run.begun", RUN, CLEAN));
    const told = (of: Part, event: string, facts: object): void =>
      heardBy(watch, of, () => undefined)(event, facts as never);
    told("authorizer", "call.allowed", {
      decision: "d-1",
      run: "r-1",
      agent: "spiffe://x/y",
      tool: "crm",
      action: "read",
    });
    told("authorizer", "call.refused", { decision: "d-2", run: "r-1", tool: "crm", codes: ["call.unrecognised"] });
    told("exchange", "request.refused", {
      path: "/token",
      agent: "desk",
      audience: "tool:x",
      codes: ["audience.not-granted"],
    });
    // What the exchange refused, the companion passes on.
    told({ companion: "desk" }, "request.refused", { codes: ["audience.not-granted"] });
    told({ companion: "desk" }, "request.refused", { codes: ["companion.no-handle"] });
    told("exchange", "request.refused", { path: "/runs/answers", codes: ["answer.above-clearance"] });
    told("exchange", "exchange.started", {});
    const decisions = (await seen()).slice(2);
    expect(decisions).toMatchObject([
      {
        kind: "decision",
        allowed: true,
        by: "gateway",
        agent: "desk",
        task: "tell",
        what: "crm.read",
        decision: "d-1",
      },
      { allowed: false, by: "gateway", agent: "desk", what: "crm", reasons: [{ code: "call.unrecognised" }] },
      { allowed: false, by: "exchange", what: "token for tool:x", reasons: [{ code: "audience.not-granted" }] },
      { allowed: false, by: "companion", agent: "desk", reasons: [{ code: "companion.no-handle" }] },
      { allowed: false, by: "exchange", what: "an answer", reasons: [{ code: "answer.above-clearance" }] },
      { kind: "answer-cut", what: "answer.above-clearance" },
    ]);
    expect(decisions).toHaveLength(6);
  });

  test("is a request that waits, with the way to it, and what people decide on it", async () => {
    const { watch, seen } = world();
    const opened = (handle: string): Act => ({
      writes: [
        { kind: "put", key: approvalKey(1, "digest"), value: { handle }, when: "absent" },
        { kind: "put", key: approvalKey(1, handle), value: { handle, digest: "sha256:1" }, when: "absent" },
      ],
      event: { kind: "approval.requested", time: 1, facts: { ...RUN, call: "payments.refund" } },
    });
    watch.act(opened("h-0"));
    watch.decideAt("https://127.0.0.1:8447");
    watch.act(opened("h-1"));
    const by = { by: userDigest({ issuer: ISSUER, subject: "carol" }), group: "leads" };
    watch.act(act("approval.decision-refused", { ...by, codes: ["decide.by-requester"] }));
    watch.act(act("approval.seconded", { ...by, verdict: "approved" }));
    const dave = { issuer: ISSUER, subject: "dave" };
    watch.act({
      writes: [
        { kind: "put", key: approvalKey(1, "h-1"), value: { decision: { by: dave }, approvals: [] }, when: "absent" },
      ],
      event: { kind: "approval.decided", time: 1, facts: { ...by, by: userDigest(dave), verdict: "refused" } },
    });
    watch.act(act("approval.submitted", { ...RUN, digest: "sha256:1" }));
    watch.act(act("approval.cancelled", { ...RUN, reason: null }));
    const [unlinked, linked, ...decided] = await seen();
    expect(unlinked).not.toHaveProperty("link");
    expect(linked).toMatchObject({
      kind: "approval",
      what: "payments.refund",
      link: "https://127.0.0.1:8447/requests/h-1",
    });
    expect(decided).toMatchObject([
      { kind: "decided", what: "not by carol of leads: decide.by-requester" },
      { kind: "decided", what: "approved by carol of leads: another person must approve too" },
      { kind: "decided", what: "refused by dave of leads" },
      { kind: "decided", what: "submitted by the agent, which follows what people decide", agent: "desk" },
      { kind: "decided", what: "withdrawn by the agent", agent: "desk" },
    ]);
  });

  test("is what an operator stops, until when, and what acts again", async () => {
    const { watch, seen } = world();
    const said = { target: "agent", id: "desk", why: "INC-1", by: userDigest({ issuer: ISSUER, subject: "olga" }) };
    const write = {
      kind: "put",
      key: revokedKey("agent", "desk"),
      value: { restorableAt: 90 },
      when: "absent",
    } as const;
    watch.act({ writes: [write], event: { kind: "revocation.ordered", time: 1, facts: said } });
    watch.act(act("revocation.ordered", { ...said, target: "session", id: "s-1" }));
    watch.act(act("revocation.restored", said));
    expect(await seen()).toMatchObject([
      { kind: "stopped", what: "agent desk", why: "INC-1", by: "olga", restorableAt: 90 },
      { kind: "stopped", what: "session s-1" },
      { kind: "restored", what: "agent desk" },
    ]);
    expect((await seen())[1]).not.toHaveProperty("restorableAt");
  });

  test("is what was issued, asked of people and got back", async () => {
    const { watch, seen } = world();
    watch.act(act("token.issued", { ...RUN, audience: "tool:crm", delegate: null }, CLEAN));
    watch.act(act("token.issued", { ...RUN, audience: "exchange", delegate: "spiffe://x/payer" }));
    watch.act(act("aws.issued", { ...RUN, role: "arn:aws:iam::1:role/desk" }));
    watch.act(act("approval.requested", { ...RUN, call: "payments.refund" }));
    watch.act(act("epoch.bumped", {}));
    expect((await seen()).map((event) => ("what" in event ? `${event.kind} ${event.what}` : event.kind))).toEqual([
      "run",
      "session",
      "issued token for tool:crm",
      "issued token for exchange, to hand work on to spiffe://x/payer",
      "issued AWS credentials of arn:aws:iam::1:role/desk",
      "approval payments.refund",
    ]);
  });

  test("a refusal by the policy says what would allow it, as ambit explain does", async () => {
    const { watch, seen } = world();
    const { policy } = developmentDocument(ISSUER, "https://starter.example");
    watch.explainBy(new Explainer(fleet, policy as PolicyDocument, () => undefined));
    const input = request({ call: { tool: "zendesk", action: "comment" } });
    const reasons = [{ code: "mark.above-clearance", what: "", fix: "" }] as const;
    watch.decision(input, { decision: "deny", reasons } as unknown as Decision);
    watch.line("authorizer", "call.refused", { decision: "d", tool: "zendesk", codes: ["mark.above-clearance"] });
    watch.line("authorizer", "call.refused", { decision: "e", tool: "zendesk", codes: ["call.arguments"] });
    watch.line("authorizer", "way.refused", { decision: "f", by: "users", codes: ["way.evidence"] });
    watch.line({ companion: "desk" }, "request.refused", { codes: ["companion.no-handle"] });
    const told = (await seen()).map((event) => (event.kind === "decision" ? event.reasons : []));
    expect(told.flat().every(({ what, fix }) => what !== "" && fix !== "")).toBe(true);
    expect(told.map(([reason]) => reason?.code)).toEqual([
      "mark.above-clearance",
      "call.arguments",
      "way.evidence",
      "companion.no-handle",
    ]);
  });
});

describe("memory is bounded", () => {
  test("of what comes faster than it can be told, the number is", async () => {
    const { watch, seen } = world();
    for (let count = 0; count < 1_003; count += 1) watch.act(act("approval.requested", { ...RUN, call: `${count}` }));
    const events = await seen();
    expect(events.at(-1)).toMatchObject({ kind: "lost", what: "3 events came faster than they could be told" });
    watch.act(act("approval.requested", { ...RUN, call: "later" }));
    expect((await seen()).at(-1)).toMatchObject({ kind: "approval", what: "later" });
  });

  test("a feed keeps the last thousand, and numbers go on", () => {
    const feed = new Feed();
    const heard: number[] = [];
    const stop = feed.follow(({ number }) => heard.push(number));
    const seen: Seen = { kind: "issued", what: "x" };
    for (let count = 0; count < 1_005; count += 1) feed.tell(seen);
    stop();
    feed.tell(seen);
    expect(heard).toHaveLength(1_005);
    const kept = feed.since();
    expect(kept.map(({ number }) => number)).toEqual([...Array(1_000).keys()].map((index) => index + 7));
    const [later] = kept.slice(-2) as [Numbered];
    expect(feed.since(feed.placeOf(later))).toHaveLength(1);
    // A place in another feed, as before a new start, is none in this one.
    expect(feed.since(new Feed().placeOf(later))).toHaveLength(1_000);
  });

  test("a map keeps the last entries, each for a while, and one that is taken is gone", () => {
    let now = 0;
    const map = new BoundedMap<number>(2, 10, () => now);
    map.set("a", 1);
    map.set("b", 2);
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.take("c"), map.get("c"), map.size]).toEqual([
      undefined,
      2,
      3,
      undefined,
      1,
    ]);
    now = 10;
    expect(map.get("b")).toBeUndefined();
  });
});
