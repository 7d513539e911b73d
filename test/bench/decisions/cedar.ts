import { deepStrictEqual as equal } from "node:assert";
import { preparsePolicySet, statefulIsAuthorized } from "../../../policies/cedar-wasm";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { examplePolicy } from "../../support/decisions/policy";
import { requestLike } from "../../support/decisions/request";
import { type BenchPolicy, REVISION } from "./fleets";
import { type Ask, cycling } from "./timed";

/** Requests of the example fleet that need most */
const EXAMPLES = {
  "call with approval and budget": "triage refunds with an approval",
  "call at the end of a chain of three": "reader searches for researcher and triage",
} as const;
/** What those requests have seen */
const EXAMPLE_REVISION = 7;

/** Cedar's cheapest answer: one policy, which permits everything, no entities and no facts */
export function permitAll(): Ask {
  equal(preparsePolicySet("permit-all", { staticPolicies: "permit (principal, action, resource);" }), {
    type: "success",
  });
  const entity = (type: string) => ({ type, id: "bench" });
  return () =>
    statefulIsAuthorized({
      principal: entity("Agent"),
      action: entity("Action"),
      resource: entity("Task"),
      context: {},
      entities: [],
      preparsedPolicySetId: "permit-all",
    });
}

/** Calls of each fleet, by its number of agents */
export async function cedarCalls(policies: readonly BenchPolicy[]): Promise<Readonly<Record<string, Ask>>> {
  const asks = policies.map(async ({ agents, policy, calls }) => {
    const engine = await allowing(new CedarEngine({ policy, revision: REVISION }), calls);
    return [`${agents}`, cycling(calls, (call) => engine.decide(call))] as const;
  });
  return Object.fromEntries(await Promise.all(asks));
}

/** Decisions of several kinds, by what is asked */
export async function cedarKinds({ policy, calls, tokens }: BenchPolicy): Promise<Readonly<Record<string, Ask>>> {
  const engine = await allowing(new CedarEngine({ policy, revision: REVISION }), [...calls, ...tokens]);
  const examples = Object.entries(EXAMPLES).map(([kind, base]) => [kind, requestLike(base)] as const);
  const example = await allowing(
    new CedarEngine({ policy: examplePolicy, revision: EXAMPLE_REVISION }),
    examples.map(([, request]) => request),
  );
  return {
    call: cycling(calls, (call) => engine.decide(call)),
    token: cycling(tokens, (token) => engine.decide(token)),
    ...Object.fromEntries(examples.map(([kind, request]) => [kind, () => example.decide(request)])),
  };
}

/** The engine, once it has allowed each of them: a denial would be another decision to time. */
async function allowing(engine: CedarEngine, requests: BenchPolicy["calls"]): Promise<CedarEngine> {
  for (const request of requests) equal((await engine.decide(request)).reasons, []);
  return engine;
}
