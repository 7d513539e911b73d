import { ask, readApproval, spendApprovalWrite } from "../../../runtime/approval/approvals";
import { decide } from "../../../runtime/approval/decide";
import { requestDigest } from "../../../runtime/approval/digest";
import { countersOf, spendWrite } from "../../../runtime/session/budgets";
import { revoke, type Target } from "../../../runtime/session/revocations";
import { newRunWrite } from "../../../runtime/session/runs";
import type { Run } from "../../../runtime/session/session";
import { runKey, seenKey } from "../../../runtime/store/keys";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import cases from "../../cases/exchange/state.json";
import { ASKING_AT_WORST, OWNERS } from "../../support/exchange/approvals";
import { ALICE, codesOf, EPOCH, NOW } from "../../support/exchange/sessions";
import { callOf, CARLA, DIGEST, paidOut, SERVICE, StateWorld } from "../../support/exchange/state-world";

type Operation = "outcome" | "read" | "spend";

/** What is so, or happens between the reading and the request */
interface Given {
  readonly wait?: number;
  readonly newSession?: boolean;
  readonly seen?: number;
  readonly undeclared?: boolean;
  readonly taskless?: boolean;
  readonly stopped?: "agent" | "run" | "session" | "token" | "user";
  readonly runEndsAfter?: number;
  readonly session?: { readonly idleSeconds: number; readonly totalSeconds: number };
  readonly expiresAfter?: number;
  readonly raised?: string;
  readonly spent?: Readonly<Record<string, number>>;
  readonly approval?: "none" | "other-group" | "over" | "pending" | "refused" | "spent";
}

interface Row {
  readonly name: string;
  readonly task: "fetch" | "payout";
  readonly operations: readonly Operation[];
  readonly given?: Given;
  readonly claims?: object;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly refused?: string;
}

const TABLE = cases as unknown as readonly Row[];
const GROUP = "finance-controllers";
const COSTS = {
  fetch: { "run:calls:all": 1, "hour:calls:all": 1 },
  payout: { "day:calls:all": 1, "day:sum=amount:payments.refund": 120_000 },
};

/** Three agents of a chain, or one with an approval */
async function begun(world: StateWorld, { task, given }: Row): Promise<Run> {
  if (task === "payout") return world.begin("refund-clerk", "payout");
  const first = await world.begin("support-triage", "answer");
  const run = await world.begin("web-reader", "fetch", await world.begin("researcher", "lookup", first));
  if (given?.runEndsAfter === undefined) return run;
  const short = { ...run, expiresAt: NOW + given.runEndsAfter };
  await world.store.write([{ kind: "delete", key: runKey(EPOCH, run.run), when: "present" }]);
  await world.store.write([newRunWrite(EPOCH, short)]);
  return run;
}

/** A token, and the digest of the call with what people have decided on it */
async function tokenOf(world: StateWorld, run: Run, { task, given }: Row): Promise<[AccessTokenClaims, string]> {
  if (task === "fetch") return [world.claims(run, "search"), DIGEST];
  const claims = world.claims(run, "payments");
  const request = paidOut(run, claims);
  const group = given?.approval === "other-group" ? "interns" : GROUP;
  const approval = { group, requestOpenSeconds: 3_600, decisionGoodForSeconds: given?.approval === "over" ? 0 : 300 };
  const digest = requestDigest(request);
  if (given?.approval === "none") return [claims, digest];
  const { record, writes } = await ask(world.epoch, {
    request,
    txn: "txn-1",
    approval,
    owners: OWNERS,
    agents: [],
    runs: [],
    sessions: [],
    start: undefined,
    asking: ASKING_AT_WORST,
    now: NOW,
  });
  await world.store.write(writes);
  if (given?.approval !== "pending") {
    const verdict = given?.approval === "refused" ? ("refused" as const) : ("approved" as const);
    const ledger = {
      commit: (act: { writes: Parameters<typeof world.store.write>[0] }) => world.store.write(act.writes),
    };
    const carla = { ...CARLA, email: "carla@acme.example" };
    await decide(world.epoch, ledger, record.handle, { by: carla, authenticatedAt: NOW, group, verdict, now: NOW });
  }
  const stored = await readApproval(world.epoch, record.handle);
  if (given?.approval === "spent" && stored !== undefined) {
    await world.store.write([spendApprovalWrite(EPOCH, stored, NOW)]);
  }
  return [claims, digest];
}

/** What is declared differently from the beginning */
function declare(world: StateWorld, { session, expiresAfter }: Given): void {
  const { fleet } = world;
  if (session === undefined && expiresAfter === undefined) return;
  world.fleet = {
    ...fleet,
    agentOf: (spiffeId) => {
      const agent = fleet.agentOf(spiffeId);
      const expires = expiresAfter === undefined ? agent?.expires : NOW + expiresAfter;
      return agent && { ...agent, session: session ?? agent.session, expires: expires as number };
    },
  };
}

async function happen(world: StateWorld, run: Run, claims: AccessTokenClaims, given: Given): Promise<void> {
  const { stopped, seen, raised, spent = {} } = given;
  const targets: Readonly<Record<NonNullable<Given["stopped"]>, Target>> = {
    agent: { kind: "agent", id: run.chain[0]?.agent ?? run.agent },
    run: { kind: "run", id: run.run },
    session: { kind: "session", id: run.sid },
    token: { kind: "token", id: claims.jti },
    user: { kind: "user", user: ALICE },
  };
  const session = await world.session(run.agent);
  const budgets = world.fleet.policy.agents[run.spiffeId]?.tasks[run.task]?.budgets ?? {};
  const counters = session === undefined ? [] : countersOf(EPOCH, run, session, budgets, NOW);
  const writes = [
    ...(stopped === undefined
      ? []
      : [revoke(targets[stopped], { why: "incident", by: "on-call", at: NOW }, undefined)]),
    ...(seen === undefined ? [] : [{ kind: "put" as const, key: seenKey(), value: seen, when: "any" as const }]),
    ...counters.flatMap((counter) =>
      spent[counter.budget] === undefined ? [] : [spendWrite(counter, spent[counter.budget] as number, 1e15)],
    ),
  ];
  if (writes.length > 0) await world.store.write(writes);
  if (raised !== undefined) {
    const hop = run.chain.find(({ agent }) => agent === raised);
    await world.raise({ ...run, agent: hop?.agent ?? run.agent, chain: [] }, { mark: "internal" });
  }
  if (given.newSession === true) await world.begin(run.agent, run.task, undefined, true);
  if (given.undeclared === true) world.fleet = { ...world.fleet, agentOf: () => undefined };
  if (given.taskless === true) world.fleet = { ...world.fleet, policy: { ...world.fleet.policy, agents: {} } };
  world.now += given.wait ?? 0;
}

async function asked(row: Row, operation: Operation): Promise<unknown> {
  const world = new StateWorld();
  const { given = {} } = row;
  const run = await begun(world, row);
  const [sound, digest] = await tokenOf(world, run, row);
  declare(world, given);
  const { versions } = await world.state.read({ claims: sound });
  await happen(world, run, sound, given);
  const claims = { ...sound, ...row.claims };
  const { call: changed, ...change } = (row.request ?? {}) as { call?: object };
  const exact = row.task === "payout" ? { arguments: { amount: 12 } } : {};
  const call = { ...callOf(sound), ...(row.task === "payout" && { action: "refund" }), ...changed };
  const before = world.events.length;
  try {
    switch (operation) {
      case "read":
        return await world.state.read({ claims, call, ...exact, ...change });
      case "spend": {
        const costs = COSTS[row.task];
        const request = { claims, call, ...exact, requestDigest: digest, costs, untrusted: false, versions };
        return await world.state.spend({ ...request, ...change }, SERVICE);
      }
      case "outcome":
        return await world.state.outcome({ claims, call, outcome: "succeeded", untrusted: true, ...change }, SERVICE);
    }
  } catch (error) {
    expect(world.events).toHaveLength(before);
    throw error;
  }
}

const each = TABLE.flatMap((row) => row.operations.map((operation) => [operation, row.name, row] as const));
const allowed = each.filter(([, , { refused }]) => refused === undefined);
const refused = each.filter(([, , row]) => row.refused !== undefined);

test.each(allowed)("%s: %s", async (operation, _, row) => {
  await expect(asked(row, operation)).resolves.toEqual(expect.any(Object));
});

test.each(refused)("%s fails when %s", async (operation, _, row) => {
  await expect(codesOf(asked(row, operation))).resolves.toEqual([row.refused]);
});

test("the table refuses at least as often as not", () => {
  expect(refused.length).toBeGreaterThanOrEqual(allowed.length);
});

test("fails for JSON outside of the contract, naming the wrong member", async () => {
  const { state } = new StateWorld();
  for (const body of [undefined, null, [], "claims", { claims: {} }, { claims: null }]) {
    for (const operation of ["read", "spend", "outcome"] as const) {
      const error: unknown = await state[operation](body, SERVICE).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        reasons: [{ code: "request.malformed", what: expect.stringMatching(/^(the body|claims) is/) }],
      });
    }
  }
});
