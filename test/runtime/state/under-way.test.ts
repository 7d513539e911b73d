import { LIMITS } from "../../../domain";
import { NOW } from "../../support/exchange/sessions";
import { callOf, StateWorld } from "../../support/exchange/state-world";

const COSTS = { "run:calls:all": 1, "hour:calls:all": 1 };

describe("data that a call under way brings back", () => {
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

  test("taints by the registry's declaration of the tool, not by the authorizer's word", async () => {
    const world = new StateWorld();
    const claims = world.claims(await world.begin("web-reader", "fetch"), "search");
    await world.outcome(claims, { untrusted: false });
    await expect(world.session("web-reader")).resolves.toMatchObject({ tainted: true });
    expect(world.events).toMatchObject([{ facts: { untrusted: true } }]);
  });
});
