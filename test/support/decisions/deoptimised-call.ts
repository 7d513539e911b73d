/**
 * A program, run with --allow-natives-syntax: while Cedar reads its question, the optimised code that asks is thrown away, as
 * garbage collection may do at any time. Prints Cedar's answer, where Node 20 and 22 would end the process but for the flag.
 */
import { preparsePolicySet, statefulIsAuthorized } from "../../../policies/cedar-wasm";

type Call = Parameters<typeof statefulIsAuthorized>[0];
type Ask = (call: Call) => string;

const native = (body: string): ((ask: Ask) => void) => new Function("ask", body) as (ask: Ask) => void;
const WARM = 200;

preparsePolicySet("all", { staticPolicies: { allow: "permit (principal, action, resource);" } });

let now = false;
const call: Call = {
  principal: { type: "Agent", id: "a" },
  action: { type: "Action", id: "call" },
  resource: { type: "Task", id: "t" },
  get context() {
    if (now) native("%DeoptimizeFunction(ask)")(ask);
    return {};
  },
  entities: [],
  preparsedPolicySetId: "all",
};

function ask(question: Call): string {
  return statefulIsAuthorized(question).type;
}

native("%PrepareFunctionForOptimization(ask)")(ask);
for (let times = 0; times < WARM; times++) ask(call);
native("%OptimizeFunctionOnNextCall(ask)")(ask);
ask(call);
now = true;
process.stdout.write(`${ask(call)}\n`);
