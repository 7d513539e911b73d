import type { User } from "../../../../domain";
import { type FleetView, RegistryUnavailable } from "../../../../runtime/registry/registry";
import { noteRevision } from "../../../../runtime/registry/revision-seen";
import { revoke, type Target } from "../../../../runtime/session/revocations";
import type { Run } from "../../../../runtime/session/session";
import { StoreUnavailable } from "../../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../../runtime/token/access-token";
import { TokenStanding } from "../../../../runtime/token/token-standing";
import { awsFleet } from "../../../support/exchange/aws-fleet";
import { AwsWorld } from "../../../support/exchange/aws-world";

const USER: User = { issuer: "https://login.acme.example", subject: "alice" };
const CLERK = "spiffe://prod.acme.example/ns/office/sa/clerk";
const CHIEF = "spiffe://prod.acme.example/ns/office/sa/chief";

interface Made {
  readonly world: AwsWorld;
  readonly parent: Run;
  readonly run: Run;
  readonly claims: AccessTokenClaims;
}

/** A token of the clerk, for work that the chief handed on for a user */
async function made(): Promise<Made> {
  const world = new AwsWorld(awsFleet);
  const parent = await world.begin("chief", "hand", { user: USER });
  const run = await world.begin("clerk", "read-public", { parent });
  return { world, parent, run, claims: world.claims(run) };
}

function standing(world: AwsWorld): TokenStanding {
  return new TokenStanding({
    registry: { current: () => world.fleet },
    state: async () => ({ store: world.store, epoch: 1 }),
    clock: () => world.now,
  });
}

const revoked = async ({ world }: Made, target: Target): Promise<void> =>
  world.store.write([revoke(target, { why: "test", by: "test", at: world.now }, undefined)]);

const suspended = (fleet: FleetView, id: string): FleetView => {
  const agents = { ...fleet.policy.agents };
  return {
    ...fleet,
    policy: { ...fleet.policy, agents: { ...agents, [id]: { ...agents[id], suspended: true } as never } },
  };
};

const changed = (fleet: FleetView, id: string, change: object): FleetView => ({
  ...fleet,
  agentOf: (asked) => {
    const agent = fleet.agentOf(asked);
    return asked === id && agent !== undefined ? { ...agent, ...change } : agent;
  },
});

test("a token stands while its run, session, agents and user do", async () => {
  const { world, claims } = await made();
  expect(await standing(world).stands(claims)).toBe(true);
});

test("a token of another run of the same session stands by itself", async () => {
  const all = await made();
  const second = await all.world.begin("clerk", "read-public", { parent: all.parent });
  await revoked(all, { kind: "run", id: all.run.run });
  expect(await standing(all.world).stands(all.claims)).toBe(false);
  expect(await standing(all.world).stands(all.world.claims(second))).toBe(true);
});

test.each<readonly [what: string, change: (all: Made) => unknown]>([
  ["the run is over", ({ world, run }) => (world.now = run.expiresAt)],
  [
    "the session is idle",
    ({ world }) => (world.fleet = changed(world.fleet, CLERK, { session: { idleSeconds: 0, totalSeconds: 9_999 } })),
  ],
  [
    "the session is over",
    ({ world }) => (world.fleet = changed(world.fleet, CLERK, { session: { idleSeconds: 9_999, totalSeconds: 0 } })),
  ],
  ["another session began", ({ world }) => world.begin("clerk", "read-public", { user: USER, newSession: true })],
  ["the token was revoked", (all) => revoked(all, { kind: "token", id: all.claims.jti })],
  ["the run was revoked", (all) => revoked(all, { kind: "run", id: all.run.run })],
  ["the run that handed it on was revoked", (all) => revoked(all, { kind: "run", id: all.parent.run })],
  ["the session was revoked", (all) => revoked(all, { kind: "session", id: all.run.sid })],
  ["the delegator's session was revoked", (all) => revoked(all, { kind: "session", id: all.parent.sid })],
  ["the agent was revoked", (all) => revoked(all, { kind: "agent", id: "clerk" })],
  ["the delegator was revoked", (all) => revoked(all, { kind: "agent", id: "chief" })],
  ["the user was revoked", (all) => revoked(all, { kind: "user", user: USER })],
  ["the agent is suspended", ({ world }) => (world.fleet = suspended(world.fleet, CLERK))],
  ["the delegator is suspended", ({ world }) => (world.fleet = suspended(world.fleet, CHIEF))],
  ["the agent has expired", ({ world }) => (world.fleet = changed(world.fleet, CLERK, { expires: world.now }))],
  ["the delegator has expired", ({ world }) => (world.fleet = changed(world.fleet, CHIEF, { expires: world.now }))],
  [
    "the task is not declared any more",
    ({ world }) => (world.fleet = changed(world.fleet, CLERK, { tasks: new Map() })),
  ],
  ["the agent is not declared any more", ({ world }) => (world.fleet = { ...world.fleet, agentOf: () => undefined })],
])("a token does not stand when %s", async (_, change) => {
  const all = await made();
  await change(all);
  expect(await standing(all.world).stands(all.claims)).toBe(false);
});

test.each<readonly [what: string, change: Partial<AccessTokenClaims>]>([
  ["a run that is not known", { run: "unknown" }],
  ["another agent's run", { client_id: CHIEF }],
  ["another task", { task: "write-public" }],
  ["another transaction", { txn: "other" }],
  ["another session", { sid: "other" }],
])("a token does not stand when it names %s", async (_, change) => {
  const { world, claims } = await made();
  expect(await standing(world).stands({ ...claims, ...change })).toBe(false);
});

test("fails when another exchange has had a newer registry in force", async () => {
  const { world, claims } = await made();
  await noteRevision(world.store, world.fleet.revision + 1);
  await expect(standing(world).stands(claims)).rejects.toThrow(RegistryUnavailable);
});

test("fails when the revocations cannot be read", async () => {
  const { world, claims } = await made();
  const broken = new TokenStanding({
    registry: { current: () => world.fleet },
    state: async () => ({
      epoch: 1,
      store: {
        read: async (keys) => {
          if (keys.some(({ partition }) => partition === "revoked")) throw new StoreUnavailable("no answer");
          return world.store.read(keys);
        },
      },
    }),
    clock: () => world.now,
  });
  await expect(broken.stands(claims)).rejects.toThrow(StoreUnavailable);
});
