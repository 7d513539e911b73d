import { LIMITS } from "../../../domain";
import { knowerName } from "../../../runtime/session/knower";
import { sessionKey } from "../../../runtime/store/keys";
import type { Write } from "../../../runtime/store/store";
import { codesOf, EPOCH, NOW, ofAlice, sessionOf } from "../../support/exchange/sessions";
import { callOf, StateWorld } from "../../support/exchange/state-world";

const COSTS = { "run:calls:all": 1, "hour:calls:all": 1 };

describe("what a call under way brings back", () => {
  test("is known to a clean session that begins while it may still come in, and to no later one", async () => {
    const world = new StateWorld();
    const reading = world.claims(await world.begin("support-triage", "answer"), "zendesk");
    await world.spend(reading, { call: callOf(reading, { action: "read" }) });
    await world.spend(world.claims(await world.begin("web-reader", "fetch"), "search"), { costs: COSTS });
    const clean = async (name: string, task: string) => {
      await world.begin(name, task, undefined, true);
      return world.session(name);
    };
    const last = NOW + LIMITS.stream.seconds + LIMITS.clockSkew.seconds;
    for (const now of [NOW, last]) {
      world.now = now;
      await expect(clean("support-triage", "answer")).resolves.toMatchObject({ mark: "confidential" });
      await expect(clean("web-reader", "fetch")).resolves.toMatchObject({ mark: "public", tainted: true });
    }
    world.now = last + 60;
    await expect(clean("support-triage", "answer")).resolves.toMatchObject({ mark: "public" });
    await expect(clean("web-reader", "fetch")).resolves.toMatchObject({ tainted: false });
  });

  test("is noted once a minute, so that calls of one session do not get in each other's way", async () => {
    const world = new StateWorld();
    const claims = world.claims(await world.begin("support-triage", "answer"), "zendesk");
    const call = callOf(claims, { action: "read" });
    await world.spend(claims, { call });
    const { versions } = await world.state.read({ claims });
    for (const now of [NOW, NOW + 60]) {
      world.now = now;
      await world.spend(claims, { call });
      expect((await world.state.read({ claims })).versions).toEqual(versions);
    }
  });

  test("taints by what the registry says of the tool, whatever the authorizer says", async () => {
    const world = new StateWorld();
    const claims = world.claims(await world.begin("web-reader", "fetch"), "search");
    await world.outcome(claims, { untrusted: false });
    await expect(world.session("web-reader")).resolves.toMatchObject({ tainted: true });
    expect(world.events).toMatchObject([{ facts: { untrusted: true } }]);
  });
});

test.each([
  [49, []],
  [50, ["delegation.too-wide"]],
] as const)("a call writes no more than one transaction takes: 24 sessions, and %d budgets", async (count, codes) => {
  const world = new StateWorld();
  const run = await world.begin("web-reader", "fetch");
  const names = Array.from({ length: count }, (_, index) => `run:sum=number-${index}:all`);
  const budgets = names.map((name) => [name, { limit: 1, actions: "any" as const }]);
  world.declare(run.spiffeId, "fetch", { budgets: Object.fromEntries(budgets) });
  const others = Array.from({ length: 23 }, (_, index) => ofAlice(`agent-${index}`));
  const one = knowerName(ofAlice("web-reader"));
  const links = others.map((other) => ({ one, other: knowerName(other), until: NOW + 600 }));
  const sessions = [ofAlice("web-reader"), ...others].map((knower): Write => {
    const value = { ...sessionOf({ sid: run.sid, links }) };
    return { kind: "put", key: sessionKey(EPOCH, knower), value, when: "any" };
  });
  await world.store.write(sessions);
  const costs = Object.fromEntries(names.map((name) => [name, 1]));
  const spent = world.spend(world.claims(run, "search"), { costs });
  await expect(codes.length === 0 ? spent.then(() => []) : codesOf(spent)).resolves.toEqual(codes);
  expect(world.events).toHaveLength(codes.length === 0 ? 1 : 0);
});
