import fc from "fast-check";
import { decide } from "../../../runtime/approval/decide";
import { Refusal } from "../../../runtime/refusal/refusal";
import { revoke } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { depth } from "../../support/depth";
import type { SensitivityName } from "../../../domain";
import { PEOPLE } from "../../support/exchange/people";
import { exampleFleet } from "../../support/exchange/example-fleet";
import { codesOf, NOW } from "../../support/exchange/sessions";
import { callOf, CARLA, paidOut, SERVICE, StateWorld } from "../../support/exchange/state-world";
import { requestDigest } from "../../../runtime/approval/digest";

const SPIFFE_ID = exampleFleet.agentNamed("refund-clerk")?.spiffeId ?? "";
const GROUP = "finance-controllers";
const OPEN_SECONDS = 3_600;
const GOOD_SECONDS = 600;

/** Refunds as the gateway has them decided: read, then spent where a person has approved it, asked about otherwise */
class Payouts {
  public readonly world = new StateWorld();

  constructor() {
    this.world.declare(SPIFFE_ID, "payout", { budgets: {} });
  }

  public async begun(): Promise<{ readonly run: Run; readonly claims: AccessTokenClaims }> {
    const run = await this.world.begin("refund-clerk", "payout");
    return { run, claims: this.world.claims(run, "payments") };
  }

  public about(claims: AccessTokenClaims, amount: number) {
    return { claims, call: callOf(claims, { action: "refund" }), arguments: { amount } };
  }

  /** `allowed`, the handle under which people are asked, or why it is refused */
  public async call(amount: number, between: () => Promise<void> = () => Promise.resolve()): Promise<string> {
    const { run, claims } = await this.begun();
    return this.callAs(run, claims, amount, between);
  }

  public async callAs(run: Run, claims: AccessTokenClaims, amount: number, between = () => Promise.resolve()) {
    const { state } = this.world;
    const about = this.about(claims, amount);
    const digest = requestDigest(paidOut(run, claims, amount));
    try {
      let { input, versions } = await state.read(about);
      await between();
      for (let attempt = 0; attempt < 9; attempt += 1) {
        const decidedBy = { versions: [...versions], revision: 9 };
        if (input.approval !== null) {
          expect(input.approval).toMatchObject({ requestDigest: digest, spent: false });
          const spend = { requestDigest: digest, costs: {}, untrusted: false, ...decidedBy };
          const answer = await state.spendNow({ ...about, ...spend }, SERVICE);
          if (answer !== undefined) return "allowed";
          ({ input, versions } = await state.read(about));
          continue;
        }
        const { state: now, accessRequest } = await state.ask({ ...about, ...decidedBy }, SERVICE);
        if (accessRequest !== undefined) return accessRequest.id;
        ({ input, versions } = now);
      }
      return "store.conflict";
    } catch (error) {
      if (error instanceof Refusal) return error.reasons.map(({ code }) => code).join();
      throw error;
    }
  }

  public decide(handle: string, verdict: "approved" | "refused"): Promise<unknown> {
    const { epoch, store, now } = this.world;
    const by = { ...CARLA, email: "carla@acme.example" };
    const decision = { by, authenticatedAt: now, group: GROUP, verdict, now };
    return decide(epoch, { commit: ({ writes }) => store.write(writes) }, handle, decision);
  }

  public get asked(): number {
    return this.world.events.filter(({ kind }) => kind === "approval.requested").length;
  }
}

/** What is asked of people and decided by them, as docs/exchange.md says it */
class Model {
  private readonly requests = new Map<number, { until: number; standing: "approved" | "pending" | "refused" }>();

  public call(amount: number, now: number): "allowed" | "approval.refused" | "asked anew" | "asked before" {
    const request = this.at(amount, now);
    if (request === undefined) {
      this.requests.set(amount, { until: now + OPEN_SECONDS, standing: "pending" });
      return "asked anew";
    }
    if (request.standing === "pending") return "asked before";
    if (request.standing === "refused") return "approval.refused";
    this.requests.delete(amount);
    return "allowed";
  }

  /** Whether it was open */
  public decide(amount: number, verdict: "approved" | "refused", now: number): boolean {
    const request = this.at(amount, now);
    if (request?.standing !== "pending") return false;
    request.standing = verdict;
    if (verdict === "approved") request.until = now + GOOD_SECONDS;
    return true;
  }

  private at(amount: number, now: number) {
    const request = this.requests.get(amount);
    return request !== undefined && now < request.until ? request : undefined;
  }
}

type Step =
  | { readonly call: number }
  | { readonly decide: number; readonly verdict: "approved" | "refused" }
  | { readonly pass: number };

const amount = fc.constantFrom(1, 2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ call: amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      decide: amount,
      verdict: fc.constantFrom("approved" as const, "approved" as const, "refused" as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ pass: fc.constantFrom(1, 599, 600, 3_000, 3_600) }) },
);

test("for any requests and decisions, each call has the outcome of a plain model", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const [payouts, model] = [new Payouts(), new Model()];
      const handles = new Map<number, string>();
      for (const each of steps) {
        const { now } = payouts.world;
        if ("pass" in each) payouts.world.now += each.pass;
        else if ("decide" in each) {
          const decided = payouts.decide(handles.get(each.decide) ?? "", each.verdict).then(
            () => true,
            () => false,
          );
          expect(await decided).toBe(model.decide(each.decide, each.verdict, now));
        } else {
          const [said, before] = [await payouts.call(each.call), handles.get(each.call)];
          const expected = model.call(each.call, now);
          if (expected === "asked before") expect(said).toBe(before);
          else if (expected !== "asked anew") expect(said).toBe(expected);
          else {
            expect([before, "allowed", "approval.refused", "store.conflict"]).not.toContain(said);
            handles.set(each.call, said);
          }
        }
      }
    }),
    { numRuns: depth(40) },
  );
});

test("an approval lets exactly one of several concurrent identical calls through, and is requested once more", async () => {
  const payouts = new Payouts();
  const handle = await payouts.call(5);
  await payouts.decide(handle, "approved");
  const runs = [await payouts.begun(), await payouts.begun(), await payouts.begun()];
  const said = await Promise.all(runs.map(({ run, claims }) => payouts.callAs(run, claims, 5)));
  expect(said.filter((one) => one === "allowed")).toHaveLength(1);
  const others = said.filter((one) => one !== "allowed");
  expect(new Set(others).size).toBe(1);
  expect(others).not.toContain(handle);
  expect(payouts.asked).toBe(2);
});

test("concurrent identical calls get one handle, with one record", async () => {
  const payouts = new Payouts();
  const runs = [await payouts.begun(), await payouts.begun(), await payouts.begun()];
  const said = await Promise.all(runs.map(({ run, claims }) => payouts.callAs(run, claims, 5)));
  expect(new Set(said).size).toBe(1);
  expect(payouts.asked).toBe(1);
});

test("an approval that another call does not match is still there for its own", async () => {
  const payouts = new Payouts();
  await payouts.decide(await payouts.call(5), "approved");
  expect(await payouts.call(6)).toMatch(/^[\w-]{43}$/);
  expect(await payouts.call(5)).toBe("allowed");
});

test("a later run uses what an earlier one asked for", async () => {
  const payouts = new Payouts();
  const handle = await payouts.call(5);
  payouts.world.now += 3_000;
  await payouts.decide(handle, "approved");
  expect(await payouts.call(5)).toBe("allowed");
});

test("the record has agent, group and call, and neither the handle nor an argument", async () => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  const handle = await payouts.callAs(run, claims, 123_456_789);
  expect(payouts.world.events).toEqual([
    {
      kind: "approval.requested",
      time: NOW,
      facts: {
        agent: "refund-clerk",
        spiffeId: SPIFFE_ID,
        task: "payout",
        user: expect.any(String),
        run: run.run,
        txn: run.txn,
        sid: run.sid,
        token: claims.jti,
        call: "payments.refund",
        destination: "mcp.pay.acme.example",
        service: SERVICE,
        digest: requestDigest(paidOut(run, claims, 123_456_789)),
        group: GROUP,
        openUntil: NOW + OPEN_SECONDS,
        revision: expect.any(Number),
      },
    },
  ]);
  const text = JSON.stringify(payouts.world.events);
  expect(text).not.toContain(handle);
  expect(text).not.toContain("123456789");
});

describe("approval is not requested", () => {
  const asked = async (payouts: Payouts, change: object = {}) => {
    const { run, claims } = await payouts.begun();
    const about = payouts.about(claims, 5);
    const { versions } = await payouts.world.state.read(about);
    const ask = () => payouts.world.state.ask({ ...about, versions: [...versions], revision: 9, ...change }, SERVICE);
    return { run, claims, about, ask };
  };

  test("where the session has changed since it was decided: there is the new state alone", async () => {
    const payouts = new Payouts();
    const { run, ask } = await asked(payouts);
    await payouts.world.raise(run, { mark: "restricted" });
    expect(await ask()).toEqual({ state: expect.objectContaining({ versions: [2] }) });
    expect(payouts.asked).toBe(0);
  });

  test("where it was approved meanwhile: the state says so", async () => {
    const payouts = new Payouts();
    const { ask } = await asked(payouts);
    await payouts.decide(await payouts.call(5), "approved");
    const before = payouts.asked;
    expect((await asked(payouts)).ask).toBeDefined();
    const { state, accessRequest } = await (await asked(payouts)).ask();
    expect([state.input.approval?.group, accessRequest]).toEqual([GROUP, undefined]);
    expect(payouts.asked).toBe(before);
    expect((await ask()).accessRequest).toBeUndefined();
  });

  test("by a task without approval", async () => {
    const payouts = new Payouts();
    const run = await payouts.world.begin("support-triage", "answer");
    const claims = payouts.world.claims(run, "zendesk");
    const about = { claims, call: callOf(claims), arguments: { id: 7 } };
    const { versions } = await payouts.world.state.read(about);
    const answer = await payouts.world.state.ask({ ...about, versions: [...versions], revision: 9 }, SERVICE);
    expect(answer).toEqual({ state: expect.objectContaining({ versions }) });
    expect(payouts.asked).toBe(0);
  });

  test.each<[string, string, (payouts: Payouts, run: Run) => Promise<unknown>]>([
    ["the run was revoked", "run.revoked", ({ world }, { run: id }) => world.store.write([stop("run", id)])],
    [
      "the session was revoked",
      "session.revoked",
      ({ world }, { sid: id }) => world.store.write([stop("session", id)]),
    ],
    ["the token is over", "token.over", async ({ world }) => void (world.now += 300)],
  ])("fails where %s", async (_, code, happen) => {
    const payouts = new Payouts();
    const { run, ask } = await asked(payouts);
    await happen(payouts, run);
    expect(await codesOf(ask())).toEqual([code]);
    expect(payouts.asked).toBe(0);
  });

  test("fails where the token lacks the action, or an older registry than the latest decided", async () => {
    const payouts = new Payouts();
    const { about, ask } = await asked(payouts, { revision: 8 });
    await payouts.world.store.write([
      { kind: "put", key: { partition: "seen", sort: "registry" }, value: 9, when: "any" },
    ]);
    payouts.world.fleet = { ...payouts.world.fleet, revision: 9 };
    expect(await codesOf(ask())).toEqual(["policy.stale"]);
    const other = await asked(payouts, { call: { ...about.call, action: "wipe" } });
    expect(await codesOf(other.ask())).toEqual(["token.out-of-scope"]);
    expect(payouts.asked).toBe(0);
  });
});

const stop = (kind: "run" | "session", id: string) => revoke({ kind, id }, { why: "w", by: "b", at: NOW }, undefined);

test("fails where the run is revoked although the call was approved, and the approval is not used", async () => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  await payouts.decide(await payouts.callAs(run, claims, 5), "approved");
  const revoked = () => payouts.world.store.write([stop("run", run.run)]);
  expect(await payouts.callAs(run, claims, 5, revoked)).toBe("run.revoked");
  expect(await payouts.call(5)).toBe("allowed");
});

test("fails where the run is revoked while people are asked", async () => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  payouts.world.beforeCommit = async ({ event }) => {
    if (event.kind === "approval.requested") await payouts.world.store.write([stop("run", run.run)]);
  };
  expect(await payouts.callAs(run, claims, 5)).toBe("run.revoked");
  expect(payouts.world.events.map(({ kind }) => kind)).toEqual(["approval.requested", "call.refused"]);
});

test("fails where 32 requests of the agent, user and task wait", async () => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  for (let n = 1; n <= 32; n += 1) expect(await payouts.callAs(run, claims, n)).toMatch(/^[\w-]{43}$/);
  expect(await payouts.callAs(run, claims, 33)).toBe("approval.too-many");
  expect(payouts.asked).toBe(32);
});

describe("where the platform declares its people", () => {
  const declared = (clearance: SensitivityName): Payouts => {
    const payouts = new Payouts();
    const approvers = { [GROUP]: { claim: GROUP, clearance } };
    payouts.world.fleet = { ...payouts.world.fleet, people: { ...PEOPLE, approvers } as never };
    return payouts;
  };

  test("a group is asked that is cleared for all that the call may show", async () => {
    expect(await declared("restricted").call(5)).toMatch(/^[\w-]{43}$/);
  });

  test("fails at once when the group is not cleared", async () => {
    const payouts = declared("public");
    expect(await payouts.call(5)).toBe("approval.above-clearance");
    expect(payouts.asked).toBe(0);
  });

  test("fails when the group is not declared", async () => {
    const payouts = declared("restricted");
    payouts.world.fleet = { ...payouts.world.fleet, people: { ...PEOPLE, approvers: {} } as never };
    expect(await payouts.call(5)).toBe("approval.above-clearance");
  });
});

test.each(["run", "txn", "sid"] as const)("a call's approval request ends where its %s is stopped", async (of) => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  const handle = await payouts.callAs(run, claims, 1);
  const target = { kind: of === "sid" ? ("session" as const) : ("run" as const), id: run[of] };
  await payouts.world.store.write([revoke(target, { why: "w", by: "b", at: NOW }, undefined)]);
  await expect(payouts.decide(handle, "approved")).rejects.toThrow("decide.stopped");
});

test("an approval is requested anew where the session has read untrusted data since", async () => {
  const payouts = new Payouts();
  const { run, claims } = await payouts.begun();
  const handle = await payouts.callAs(run, claims, 1);
  await payouts.decide(handle, "approved");
  await payouts.world.raise(run, { tainted: true });
  const again = await payouts.callAs(run, claims, 1);
  expect(again).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(again).not.toBe(handle);
  await payouts.decide(again, "approved");
  expect(await payouts.callAs(run, claims, 1)).toBe("allowed");
});
