import type { OutcomeRequest } from "../../../runtime/state/state-schema";
import { codesOf } from "../../support/exchange/sessions";
import { callOf, DIGEST, SERVICE, StateWorld } from "../../support/exchange/state-world";

const COSTS = {};
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** @param isDeclared whether what the tool answers is declared as untrusted */
async function claimsFor(world: StateWorld, isDeclared: boolean) {
  world.fleet = { ...world.fleet, answersUntrusted: () => isDeclared };
  return world.claims(await world.begin("support-triage", "answer"), "zendesk");
}

const EFFECTS: readonly (readonly [string, boolean, Partial<OutcomeRequest>, boolean | null])[] = [
  ["succeeded, and its answer was as trusted as declared", false, { untrusted: false }, true],
  ["succeeded, and its answer was declared as untrusted", true, { untrusted: true }, true],
  ["failed in the tool", false, { outcome: "failed" }, true],
  ["brought back what is untrusted, and was not declared so", false, { untrusted: true }, false],
  ["was cut by the gateway", true, { outcome: "failed", untrusted: true, code: "call.cut" }, false],
  ["is not known to have ended", false, { outcome: "unknown" }, null],
];

test.each(EFFECTS)(
  "whether the effect agrees with the decision, where a call %s",
  async (_, isDeclared, change, agrees) => {
    const world = new StateWorld();
    await world.outcome(await claimsFor(world, isDeclared), { requestDigest: DIGEST, ...change });
    expect(world.events).toMatchObject([
      { kind: "call.outcome", facts: { decision: "allow", requestDigest: DIGEST, agrees } },
    ]);
  },
);

test("the decision on a call and its outcome are written with the trace of the call, not of the request in which they come", async () => {
  const world = new StateWorld();
  const claims = await claimsFor(world, false);
  const versions = [...(await world.state.read({ claims })).versions];
  const spend = { call: callOf(claims), requestDigest: DIGEST, costs: COSTS, untrusted: false, versions };
  await world.state.spendNow({ claims, ...spend, revision: 0, trace: TRACE }, SERVICE);
  await world.outcome(claims, { trace: TRACE });
  await world.outcome(claims);
  expect(world.traces).toEqual([TRACE, TRACE, null]);
});

test.each(["", "0AF7651916CD43DD8448EB211C80319C", `${TRACE}0`, "x"])(
  "fails when an outcome comes with the trace %p",
  async (trace) => {
    const world = new StateWorld();
    const outcome = world.outcome(await claimsFor(world, false), { trace });
    await expect(codesOf(outcome)).resolves.toEqual(["request.malformed"]);
    expect(world.events).toEqual([]);
  },
);
