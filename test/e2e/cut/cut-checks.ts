import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../../domain";
import { claimsIn } from "../exchange/real-agent";
import { recordsIn } from "../exchange/written-records";
import { type Asked, toolToken } from "../gateway/call";
import type { AgentName } from "../gateway/gateway-identities";
import type { GatewayWorld } from "../gateway/gateway-world";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { GENEROUS_SECONDS, HORIZON, secondsBetween } from "./ended";
import { isWhole, KINDS, openCall, type OpenCall } from "./open-call";

interface Stoppable {
  readonly user: string;
  readonly run: string;
  readonly sid: string;
  readonly jti: string;
}

/** What is ordered of the kill switch to stop a call */
const STOPS: Readonly<Record<string, (call: Stoppable, at: GatewayWorld) => object>> = {
  user: ({ user }, at) => ({ kind: "user", user: { issuer: at.issuers.userIssuer, subject: user } }),
  session: ({ sid }) => ({ kind: "session", id: sid }),
  run: ({ run }) => ({ kind: "run", id: run }),
  chain: ({ run }) => ({ kind: "chain", id: run }),
  token: ({ jti }) => ({ kind: "token", id: jti }),
};

export function cutChecks(suite: Suite, world: Check<GatewayWorld>): void {
  for (const [what, asked] of Object.entries(KINDS)) {
    suite.check(
      `cut: ${what} is cut by a stop of its user, session, run, chain or token`,
      [world],
      async ([at], note) => {
        const open: { readonly stop: string; readonly order: object; readonly call: OpenCall }[] = [];
        for (const [stop, orderOf] of Object.entries(STOPS)) {
          const user = `${stop}-${what.replaceAll(" ", "-")}`;
          const { token, about } = await begun(at, "clerk", asked, user);
          open.push({ stop, order: orderOf(about, at), call: await openCall(at, "clerk", token, asked) });
        }
        const cut: Promise<void>[] = [];
        // What goes on is asked about, and goes on.
        await sleep((LIMITS.openAsked.seconds + 1) * 1_000);
        for (const { stop, order, call } of open) {
          const stoppedAt = performance.now();
          await at.stop(order);
          cut.push(cutAfter(call, stoppedAt, isWhole(asked)).then((told) => note(`${stop}: ${told}`)));
        }
        await Promise.all(cut);
      },
    );
  }

  suite.check("cut: an answer that begins after the stop reaches no agent, and says why", [world], async ([at]) => {
    const asked = KINDS["a stream of MCP"];
    const { token, about } = await begun(at, "clerk", asked, "late");
    const call = await openCall(at, "clerk", token, asked, false);
    await at.stop({ kind: "run", id: about.run });
    await said(at, "call.cut", about.run);
    call.answer();
    equal((await call.ended).how, "403 call.cut,run.revoked");
  });

  suite.check("cut: all that an agent has open is cut when it is stopped", [world], async ([at], note) => {
    const open: (readonly [what: string, asked: Asked, call: OpenCall])[] = [];
    for (const [what, asked] of Object.entries(KINDS)) {
      const { token } = await begun(at, "other", asked, "anna");
      open.push([what, asked, await openCall(at, "other", token, asked)]);
    }
    const stoppedAt = performance.now();
    await at.stop({ kind: "agent", id: "other" });
    const ended = open.map(
      async ([what, asked, call]) => `${what}: ${await cutAfter(call, stoppedAt, isWhole(asked))}`,
    );
    for (const each of await Promise.all(ended)) note(each);
  });

  suite.check(
    "cut: what cannot be asked about is cut, and each is on record as unknown",
    [world],
    async ([at], note) => {
      const asked = KINDS["a stream of MCP"];
      const { token } = await begun(at, "clerk", asked, "deaf");
      const call = await openCall(at, "clerk", token, asked);
      const stoppedAt = performance.now();
      await at.meanwhile(async ({ store }) => {
        note(`the exchange is away: ${await cutAfter(call, stoppedAt, false)}`);
        const cut = (await recordsIn(store)).filter(({ facts }) => String(facts.codes) === "call.cut");
        ok(cut.length > 0, "no outcome has the code");
        equal([...new Set(cut.map(({ kind, facts }) => `${kind} ${String(facts.outcome)}`))], ["call.outcome unknown"]);
      });
    },
  );
}

async function begun(at: GatewayWorld, agent: AgentName, { path }: Asked, user: string) {
  const token = await toolToken(at, agent, "use", path.split("/")[2] ?? "", { user });
  const { run, sid, jti } = claimsIn(token) as unknown as Stoppable;
  return { token, about: { user, run, sid, jti } };
}

/** Of an answer that goes out as a whole nothing has begun, so that it says why it ended. */
async function cutAfter({ ended, left, lastPart }: OpenCall, stoppedAt: number, goesWhole: boolean): Promise<string> {
  const [{ at: endedAt, how }, leftAt] = await Promise.all([ended, left]);
  if (goesWhole) ok(how.startsWith("403 call.cut"), how);
  else ok(how === "reset" || how === "ECONNRESET", how);
  const all = { "last part": lastPart(), "tool's side": leftAt, "agent's side": endedAt };
  const told = Object.entries(all).map(([name, at]) => `${name} ${secondsBetween(stoppedAt, at)} s`);
  return `${told.join(", ")}, horizon ${HORIZON} s`;
}

async function said({ authorizer }: GatewayWorld, event: string, run: string): Promise<void> {
  const lines = (): readonly string[] => authorizer.said().split("\n");
  const isSaid = (): boolean => lines().some((line) => line.includes(`"event":"${event}"`) && line.includes(run));
  await until(isSaid, GENEROUS_SECONDS, `no ${event}`);
}
