import { deepStrictEqual as equal, ok } from "node:assert";
import { decide } from "../../../runtime/approval/decide";
import { APPROVERS } from "../gateway/gateway-fleet";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import type { WaysInWorld } from "./ways-in-world";

const ADD = "delegates/payer.add/sums?of=1";

/** What a client beside the clerk is answered, which works for one request of the clerk's */
interface Told {
  readonly status: number;
  readonly codes: readonly string[];
  /** Handle of what people are asked; empty where they are not */
  readonly request: string;
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReadableStream;
}

/** Handing work on is a call like another: of the same gateway, under the same controls. */
export function callChecks(
  suite: Suite,
  world: Check<WaysInWorld>,
  pod: Check<DeskPod>,
  delegate: Check<unknown>,
): void {
  /** One run of the task, as the agent's own code would call out in it */
  const running = async (at: WaysInWorld, url: string, task: string) => {
    const handle = await at.handle(task, `calling-${task}`);
    return async (path: string, { headers, body }: Sent = {}): Promise<Told> => {
      const answer = await fetch(`${url}/v1/tasks/${task}/${path}`, {
        headers: { "ambit-run": handle, ...headers },
        ...(body !== undefined && { method: "POST", body, duplex: "half" }),
      } as RequestInit);
      const text = await answer.text();
      const said = JSON.parse(text) as { reasons?: readonly { code: string }[]; access_request?: { id: string } };
      const codes = said.reasons?.map(({ code }) => code) ?? [];
      return { status: answer.status, codes, request: said.access_request?.id ?? "" };
    };
  };

  suite.check(
    "ways in: a budget of a delegate has room for as many requests as it says",
    [world, pod, delegate],
    async ([at, { pod: own }]) => {
      const call = await running(at, own.url, "tally");
      const told = [await call(ADD), await call(ADD), await call(ADD)];
      equal(
        told.map(({ status, codes }) => [status, ...codes]),
        [[200], [200], [403, "budget.spent"]],
      );
    },
  );

  suite.check(
    "ways in: a call comes after a delegate's answer where an order says so",
    [world, pod, delegate],
    async ([at, { pod: own }]) => {
      const call = await running(at, own.url, "report");
      const post = {
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text: "x", author: "calling-report" }),
      };
      const early = await call("tools/board/posts", post);
      equal([early.status, early.codes], [403, ["order.broken"]]);
      // That it looks at its delegate is no work that was handed on.
      equal((await call(ADD)).status, 200);
      equal((await call("tools/board/posts", post)).codes, ["order.broken"]);
      const add = { headers: { "content-type": "application/json" }, body: JSON.stringify({ of: 1 }) };
      equal((await call("delegates/payer.add/sums", add)).status, 200);
      const late = await call("tools/board/posts", post);
      equal([late.status, late.codes], [200, []]);
    },
  );

  suite.check(
    "ways in: what is handed on under approval waits for a person, goes out once, and not with one byte changed",
    [world, pod, delegate],
    async ([at, { pod: own }]) => {
      const call = await running(at, own.url, "vouch");
      const sums = "delegates/payer.add/sums";
      const json = (of: number): Sent => ({
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ of }),
      });
      const asked = await call(sums, json(1));
      equal([asked.status, asked.codes], [403, ["approval.required"]]);
      equal((await call(sums, json(1))).request, asked.request);
      const parts = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode('{"of":1}'));
          controller.close();
        },
      });
      const streamed = await call(sums, { headers: { "content-type": "application/json" }, body: parts });
      equal([streamed.status, streamed.codes], [400, ["way.whole"]]);
      await at.gateway.meanwhile(async (state, ledger) => {
        const now = Math.floor(Date.now() / 1_000);
        const by = { issuer: at.gateway.issuers.userIssuer, subject: "lena", email: "lena@acme.example" };
        await decide(state, ledger, asked.request, {
          by,
          authenticatedAt: now,
          group: APPROVERS,
          verdict: "approved",
          now,
        });
      });
      const changed = await call(sums, json(2));
      equal([changed.status, changed.codes], [403, ["approval.required"]]);
      ok(changed.request !== asked.request, "another message has the handle of the approved one");
      equal((await call(sums, json(1))).status, 200);
      const again = await call(sums, json(1));
      equal([again.status, again.codes], [403, ["approval.required"]]);
    },
  );
}
