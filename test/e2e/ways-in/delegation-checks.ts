import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { callChecks } from "./call-checks";
import { knowledgeChecks } from "./knowledge-checks";
import { podAddress } from "./pod";
import type { WaysInWorld } from "./ways-in-world";

const PAYER_ADDRESS = podAddress();

/** As much of it as is looked at */
interface AgentCard {
  readonly name: string;
  readonly skills: readonly { readonly id: string }[];
  readonly supportedInterfaces: readonly { readonly url: string }[];
}

/** What the desk got of its delegate */
interface Handed {
  readonly status: number;
  readonly text: string;
}

/** Work is handed on to another agent: the companions fetch the token and show it, and the agents know nothing of it. */
export function delegationChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): Check<unknown> {
  const handed = async (at: WaysInWorld, path: string, user: string): Promise<Handed> => {
    const { status, text } = await at.ask({ path, evidence: at.evidence("ask", user) });
    equal([status, text.slice(0, 200)], [200, text.slice(0, 200)]);
    return JSON.parse(text) as Handed;
  };

  const delegate = suite.check(
    "ways in: an agent in Express hands a user's work on to another one by a base URL",
    [world, pod],
    async ([at]) => {
      const payer = await at.pod("payer", PAYER_ADDRESS);
      at.podsAt("payer", PAYER_ADDRESS);
      const { status, text } = await handed(at, "/questions/sums/41", "handing-fay");
      equal([status, (JSON.parse(text) as { sum: number }).sum], [200, 42]);
      const { headers } = JSON.parse(text) as { headers: Readonly<Record<string, string>> };
      match(headers["ambit-run"] ?? "", /^[\w-]{43}$/);
      equal(
        Object.keys(headers).filter((name) => /^(authorization|x-ambit-|ambit-(start|task))/.test(name)),
        [],
      );
      return payer;
    },
  );

  for (const how of ["message", "stream"]) {
    suite.check(
      `ways in: the official SDK of A2A talks to itself on both ends, by a ${how}`,
      [world, pod, delegate],
      async ([at, { pod: own }]) => {
        const { status, text } = await at.ask({
          path: `/questions/a2a/${how}/41`,
          evidence: at.evidence("ask", `a2a-${how}`),
        });
        equal([status, text.slice(0, 300)], [200, text.slice(0, 300)]);
        const { card, texts } = JSON.parse(text) as { card: AgentCard; texts: readonly string[] };
        equal(texts, ["42"]);
        equal([card.name, card.skills.map(({ id }) => id)], ["payer", ["add"]]);
        ok(card.supportedInterfaces[0]?.url.startsWith(`${own.url}/v1/runs/`), card.supportedInterfaces[0]?.url);
      },
    );
  }

  suite.check(
    "ways in: what the delegate reads is known to who handed the work on, whose answers are cut by it",
    [world, pod, delegate],
    async ([at, { desk }]) => {
      const user = "handing-gil";
      equal((await desk.chat({ user })).status, 200);
      const { status, text } = await handed(at, "/questions/looks/7", user);
      equal([status, (JSON.parse(text) as Handed).status], [200, 200]);
      const cut = await desk.chat({ user });
      equal([cut.status, cut.codes], [403, ["answer.above-clearance"]]);
    },
  );

  knowledgeChecks(suite, world, pod, delegate);
  callChecks(suite, world, pod, delegate);

  suite.check(
    "ways in: a run that may hand nothing on gets no token for it",
    [world, pod, delegate],
    async ([at, { pod: own }]) => {
      const answer = await fetch(`${own.url}/v1/tasks/tell/delegates/payer.add/sums?of=1`);
      ok(answer.status >= 400, String(answer.status));
      const seen = await at.ask({
        path: "/questions/sums/1?by=nothing",
        evidence: at.evidence("ask", "handing-hal"),
      });
      // Without a handle the call belongs to no run.
      match(seen.text, /companion\.no-handle/);
    },
  );
  return delegate;
}
