import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import type { Answer } from "./ask-companion";
import { askPayments } from "./ask-tool";
import { codesOf, dataOf } from "./codes-of";
import type { Control } from "./control-checks";
import type { OneNode } from "./one-node";
import { HOSTS } from "./tools/hosts";

const REFUND = { order: "AC-1001", amount: 20 };

/** An agent's calls by its companion, through the gateway's pod, to a tool that stands in for the declared one */
export function callChecks(suite: Suite, node: Check<OneNode>, { front, clerk, gateway }: Control): Check {
  const denied = suite.check(
    "calls: what the policy denies reaches no tool, and has its reason",
    [node, front, clerk, gateway],
    async ([on, { login, tools }, pod]) => {
      const arrived = await tools.during(async () => {
        const call = { task: "payout", tool: "create_refund", given: REFUND } as const;
        const [status, answer] = await askPayments(on, pod, login, call);
        equal([status, codesOf(dataOf(answer))], [403, ["approval.required", "order.broken"]], JSON.stringify(answer));
        equal(dataOf(answer)["access_request"], undefined, "no person is asked about what could not go out anyway");
      });
      equal(arrived, []);
    },
  );

  const allowed = suite.check(
    "calls: an allowed call reaches the tool with the user's token, and without the agent's credentials",
    [node, front, clerk, denied],
    async ([on, { login, tools }, pod], note) => {
      const arrived = await tools.during(async () => {
        const call = { task: "look", tool: "find_order", given: { order: "AC-1001" } } as const;
        const [status, { result }] = await askPayments(on, pod, login, call);
        equal([status, result], [200, { content: [{ type: "text", text: 'find_order {"order":"AC-1001"}' }] }]);
      });
      const [call, ...more] = arrived;
      ok(call !== undefined && more.length === 0, `${arrived.length} calls arrived`);
      const { authorization, ...headers } = call.headers;
      equal([call.host, login.gave(authorization)], [HOSTS.payments, "alice refund-clerk orders refunds"]);
      const strange = Object.keys(headers).filter((name) => !PASSED.includes(name));
      equal(strange, []);
      note(
        "the tool: a stand-in with its name, certificate and pinned definitions, at an address of the public internet",
      );
    },
  );

  const asked = suite.check(
    "calls: one that a person must approve goes to no tool, and is answered by a request for that",
    [node, front, clerk, allowed],
    async ([on, { login, tools }, pod]) => {
      const arrived = await tools.during(async () => {
        const call = { task: "payout", tool: "create_refund", given: REFUND } as const;
        const [status, answer] = await askPayments(on, pod, login, call);
        const { access_request: request } = dataOf(answer) as { readonly access_request?: Answer };
        equal([status, codesOf(dataOf(answer))], [403, ["approval.required"]], JSON.stringify(answer));
        equal([request?.status, request?.group], ["pending", "finance-controllers"]);
        match(String(request?.id), /^\S{16,}$/);
      });
      equal(arrived, []);
    },
  );

  return asked as Check;
}

/** Headers of a request that say what it is, besides the tool's own credential */
export const PASSED = [
  ...["accept", "accept-language", "content-length", "content-type", "host", "mcp-protocol-version"],
  ...["user-agent", "x-request-id"],
];
