import type { DecisionInput, PolicyDocument } from "../../../domain";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { FleetDecider, type FleetEngine } from "../../../runtime/token/fleet-decider";
import type { FleetView } from "../../../runtime/registry/registry";
import { bases } from "../../support/decisions/cases";
import { chainFleet } from "../../support/exchange/chain-fleet";
import { exampleFleet } from "../../support/exchange/example-fleet";

const input = { ...([...bases.values()][0] as DecisionInput), revisionSeen: 0 };
const codes = async (decider: FleetDecider, fleet: FleetView) =>
  (await decider.decide(fleet, input)).reasons.map(({ code }) => code);

function counted() {
  const cedar = new CedarEngine({ policy: exampleFleet.policy, revision: exampleFleet.revision });
  const shown: number[] = [];
  const engine: FleetEngine = {
    name: cedar.name,
    decide: (asked: DecisionInput) => cedar.decide(asked),
    replace: (policy: PolicyDocument, revision: number) => {
      shown.push(revision);
      cedar.replace(policy, revision);
    },
  };
  return { engine, shown };
}

test("each decision is made by its own fleet, also among concurrent ones", async () => {
  const decider = new FleetDecider(counted().engine);
  const asked = [exampleFleet, chainFleet, exampleFleet, chainFleet, exampleFleet];
  const answers = await Promise.all(asked.map((fleet) => codes(decider, fleet)));
  expect(answers).toEqual([[], ["agent.unknown"], [], ["agent.unknown"], []]);
});

test("the engine is shown a fleet once, as long as no other comes between", async () => {
  const { engine, shown } = counted();
  const decider = new FleetDecider(engine);
  await codes(decider, exampleFleet);
  await codes(decider, exampleFleet);
  const newer = { ...exampleFleet, revision: 2 };
  expect((await decider.decide(newer, input)).revision).toBe(2);
  expect(shown).toEqual([1, 2]);
});

test("fails when the policy is malformed: everything is denied, and that is logged", async () => {
  const failures: unknown[] = [];
  const decider = new FleetDecider(counted().engine, (error) => failures.push(error));
  const broken = { ...exampleFleet, policy: { ...exampleFleet.policy, tools: null } as unknown as PolicyDocument };
  expect(await codes(decider, broken)).toEqual(["engine.error"]);
  expect(await codes(decider, broken)).toEqual(["engine.error"]);
  expect(failures).toHaveLength(2);
  expect(await codes(decider, exampleFleet)).toEqual([]);
});
