import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Answer } from "../../cluster/ask-companion";
import { paymentsRequest } from "../../cluster/ask-tool";
import { codesIn } from "../../cluster/codes-of";
import type { Control } from "../../cluster/control-checks";
import type { OneNode } from "../../cluster/one-node";
import { UNANSWERED } from "../../cluster/tools/hosts";
import type { Check } from "../../harness/suite";
import { until } from "../../harness/until";
import { type Horizon, horizonIn, ON_CALL, revoke } from "../kill/on-call";
import { type Watched, watched } from "../kill/watched";
import { REFUNDS } from "../refunds";
import type { Story, Tell } from "../story";
import type { Decided } from "./decided";

const CHAPTER = "The kill";
export const AGENT = "refund-clerk";
export const REASON = "INC-4815: refunds that no customer asked for";
const ORDER = [AGENT, REASON] as const;
const SECONDS = 120;
/** Who calls, and what is called, as it is told */
const PAYS = [AGENT, "payments"] as const;
const APPROVES = ["carol", "approvals"] as const;

/** What the agent holds ends, each within the printed horizon. @returns the run that it held */
export function killed(
  story: Story,
  node: Check<OneNode>,
  { front }: Control,
  decided: Check<Decided>,
  before: Check,
): Check<string> {
  const refused = story.scene(
    CHAPTER,
    "carol, who approves refunds and is not on call, cannot stop the agent",
    [node, front, decided, before],
    async ([on, { login }], tell) => {
      const done = await revoke(on, login, { name: "carol", groups: ["finance-controllers"] }, ORDER);
      equal(done.code, 1, done.text);
      match(done.text, /operator\.not-listed/);
      tell(
        "refused",
        "The exchange takes stop orders of the group on-call alone, so nothing is stopped",
        "operator.not-listed",
        ["carol", "exchange"],
      );
    },
  );

  const held = story.scene(
    CHAPTER,
    "refund-clerk is at work: it holds a run with a token, an approval, a request that waits, and an open call",
    [node, front, decided, refused],
    async ([on, { tools }, { clerk, carol }], tell) => {
      const run = await clerk.run("payout");
      const paths = { approved: "", waiting: "" };
      for (const name of ["approved", "waiting"] as const) {
        const { request, answer } = await clerk.pays(run, REFUNDS[name]);
        ok(request !== undefined, JSON.stringify(answer));
        paths[name] = `/requests/${request.id}`;
      }
      await carol.visit(paths.approved);
      match(await carol.approve(""), /Approved by/);
      tell("allowed", "Carol has approved a second refund, which the agent has not used yet", "approved", APPROVES);
      await carol.visit(paths.waiting);
      equal(await carol.mayDecide(), true);
      tell("asked", "A third refund waits for her decision, open in her browser", "pending", ["exchange", "approvals"]);
      const look = async (order: string) =>
        paymentsRequest(await clerk.run("look"), { tool: "find_order", given: { order } });
      const ends = watched(on, clerk.pod, {
        again: await look(REFUNDS.approved.order),
        open: await look(UNANSWERED),
        within: SECONDS,
      });
      ends.catch(() => undefined);
      await until(
        () => tools.arrived.some(({ body }) => body.includes(UNANSWERED)),
        SECONDS,
        "the open call does not reach its tool",
      );
      tell(
        "allowed",
        "It calls payments with a token again and again, and one call is open that payments has taken",
        undefined,
        PAYS,
      );
      return { run, ends };
    },
  );

  const stopped = story.scene(
    CHAPTER,
    "olga of on-call stops the agent by one command",
    [node, front, held],
    async ([on, { login }], tell) => {
      const done = await revoke(on, login, ON_CALL, ORDER);
      // 3: the list of killed agents is the kill switch's, which the example has not.
      equal(done.code, 3, done.text);
      match(done.text, /^exchange +done +exchange and gateway refuse from the next request on$/m);
      match(done.text, /^! kill-list: new pods of it start/m);
      const said = `ambit revoke agent ${AGENT} has stopped it at the exchange, after ${done.seconds.toFixed(1)} s`;
      tell("allowed", said, REASON, ["olga", "exchange"]);
      const [tools, ...others] = horizonIn(done.text);
      equal([tools?.path, others], ["tools", []], done.text);
      tell("proven", `It prints what may still work, and until when at most: an open call, for ${tools?.seconds} s`);
      return tools as Horizon;
    },
  );

  return story.scene(
    CHAPTER,
    "the token and the call that it held end within the printed horizon",
    [held, stopped],
    async ([{ run, ends }, horizon], tell) => {
      const told = measuring(horizon, tell);
      const [again, open] = await ends;
      ok(again.allowed > 0, "nothing was let through before the stop");
      told("a call with the token that it held is refused", again, "agent.revoked");
      told("the call that payments had taken is cut", open, "companion.cut");
      return run;
    },
  );
}

/** Tell of each how long after the order it was refused, and hold that against what the command printed. */
function measuring({ seconds: most, until: end }: Horizon, tell: Tell) {
  return (what: string, { at, status, text }: Watched, code: string): void => {
    const seconds = ((at - end) / 1_000 + most).toFixed(1);
    equal([status, codesIn(JSON.parse(text) as Answer)], [403, [code]], `${what}: ${text}`);
    ok(at <= end, `${what} after ${seconds} s, and ${most} s are printed`);
    tell("refused", `${what[0]?.toUpperCase()}${what.slice(1)}`, code, PAYS);
    tell("measured", `That was ${seconds} s after the order, of at most ${most} s`);
  };
}
