import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { KillResult } from "../../../runtime/kill-switch/result";
import { GENEROUS_SECONDS, HORIZON, secondsBetween } from "../cut/ended";
import { USER_TOKEN, called } from "../gateway/call";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { SpirePrograms } from "../spire/programs";
import type { Workspace } from "../terraform/terraform";
import { handled } from "../ways-in/starter-run";
import { busyFleet, STARTER } from "./busy-fleet";
import { BusyWorld } from "./busy-world";
import { deployedAgents } from "./deployed-agents";
import { atDesk, handedOn, heldBy, type Held, ofUser, sentTo, waitingIn } from "./held";
import { DENY_ALL, KILLED } from "./killed";
import type { KillWorld } from "./world";

const ROLE = "prod.clerk";
const REASON = "INC-7";
const REFUSED = "403 agent.revoked";
/** A stream and the call in flight */
const CALLS_OF_DESK = 2;
const STARTED = { agent: "clerk", task: "ingest", start: "event", from: "bus", path: "/events" } as const;

/** What `ambit revoke --json` prints */
interface Revoked extends Pick<KillResult, "horizon" | "steps"> {
  /** Seconds since the epoch */
  readonly at: number;
}

interface Stopped {
  readonly at: BusyWorld;
  readonly held: Held;
  readonly terraform: Workspace;
}

/** One agent that is busy in every way at once, stopped by one command */
export function busyChecks(
  suite: Suite,
  kill: Check<KillWorld>,
  programs: { readonly spire: Check<SpirePrograms>; readonly envoy: Check<string> },
): void {
  const world = suite.check(
    "busy: users, tools, another agent and an operator stand around one agent",
    [kill, programs.spire, programs.envoy],
    ([at, spire, envoy]) => BusyWorld.start(suite, at, { spire, envoy }),
  );
  const deployed = suite.check("busy: Terraform makes the agent's role", [world], ([at]) =>
    deployedAgents(at.gateway.path("deployed"), busyFleet(at.gateway.tool.port), at.kill.moto),
  );
  const stopped = suite.check(
    "busy: one ambit revoke ends all that the agent holds, within the horizon that it prints",
    [world, deployed],
    async ([at, terraform], note): Promise<Stopped> => {
      await at.logsIn();
      const held = await heldBy(at);
      equal([held.aws.status, await at.kill.aws.attached(ROLE)], [200, []]);
      const { code, stdout, tail } = await at.revokes(REASON);
      equal(code, 0, tail);
      const revoked = JSON.parse(stdout) as Revoked;
      await ends(at, held, revoked, note);
      return { at, held, terraform };
    },
  );
  suite.check(
    "busy: terraform apply of the unchanged stack and a registry that is signed anew lift nothing",
    [stopped],
    async ([{ at, held, terraform }]) => {
      await terraform.planIsEmpty();
      await terraform.apply();
      await at.gateway.taken(await at.gateway.published());
      await isRefusedEverywhere(at, held);
    },
  );
}

async function ends(at: BusyWorld, held: Held, revoked: Revoked, note: (text: string) => void): Promise<void> {
  equal(
    revoked.steps.map(({ step, outcome }) => `${step} ${outcome}`),
    ["exchange done", "aws done", "kill-list done"],
  );
  const stoppedAt = revoked.at * 1_000 - performance.timeOrigin;
  const horizonOf = (path: string): number =>
    Math.max(...(revoked.horizon ?? []).filter((each) => each.path === path).map(({ seconds }) => seconds));
  const open = held.open.map(async ([what, path, ended]) => {
    const { how, at: endedAt } = await ended;
    ok(how === "reset" || how === "ECONNRESET", `${what}: ${how}`);
    equal(horizonOf(path), HORIZON, path);
    note(`${what}: ${secondsBetween(stoppedAt, endedAt)} s of ${horizonOf(path)} s`);
  });
  await Promise.all(open);
  // Each call is asked about by itself: an answer that began before the call in flight was cut would break off.
  const cuts = (): readonly string[] =>
    at.gateway.authorizer
      .said()
      .split("\n")
      .filter((line) => line.includes('"event":"call.cut"') && line.includes('"desk"'));
  await until(
    () => cuts().length >= CALLS_OF_DESK,
    GENEROUS_SECONDS,
    () => `cut: ${cuts().join()}`,
  );
  // Its tool answers now, and the answer reaches no agent.
  held.inFlight.answer();
  const { how, at: endedAt } = await held.inFlight.ended;
  match(how, /^403 call\.cut,agent\.revoked/);
  note(`call in flight: ${secondsBetween(stoppedAt, endedAt)} s of ${horizonOf("tools")} s`);
  const { Expiration } = held.aws.json as { readonly Expiration: string };
  const seconds = Math.ceil(Date.parse(Expiration) / 1_000 - revoked.at);
  ok(seconds <= horizonOf("aws"), `AWS credentials are good for ${seconds} s, horizon ${horizonOf("aws")} s`);
  note(`AWS credentials: ${seconds} s of ${horizonOf("aws")} s, and the role is denied everything at once`);
  await isRefusedEverywhere(at, held);
  note("tokens, credentials, the approval, the queued start and what is asked anew: refused at the first try");
}

/** By each way that the agent had: also what it asks for anew */
async function isRefusedEverywhere(at: BusyWorld, { tokens, approval, queue }: Held): Promise<void> {
  const { gateway, kill } = at;
  const clerk = gateway.as("clerk");
  const evidence = { subject_token: gateway.evidence("clerk", "use"), subject_token_type: USER_TOKEN };
  const form = { audience: "tool:crm", ...evidence };
  const asked = await clerk.exchanged(gateway.exchange, form, { task: "use", start: "user" });
  const call = await called(gateway, clerk, { path: "/tools/crm/records/1", token: tokens.tool });
  const credentials = await clerk.credentials(gateway.exchange, tokens.aws);
  equal(
    [asked, call, credentials].map(({ status, codes }) => `${status} ${codes.join()}`),
    ["400 agent.revoked", REFUSED, "400 agent.revoked"],
  );
  equal((await sentTo(handedOn(at, tokens.handsOn))).how, REFUSED);
  equal((await sentTo(ofUser(at, "/streams/2"))).how, REFUSED);
  const decided = await atDesk(at, "decide", { ...approval, verdict: "approved" });
  match(JSON.stringify(decided), /decide\.stopped/);
  const { lines } = await handled(at, STARTER, await waitingIn(at, queue), STARTED);
  equal(
    lines.map(({ event, codes, batchItemFailures }) => [event, codes ?? batchItemFailures?.length]),
    [
      ["start.refused", ["agent.revoked"]],
      ["start.failed", undefined],
      ["handled", 1],
    ],
  );
  equal(await kill.aws.attached(ROLE), [DENY_ALL]);
  const { data } = await kill.cluster.users.administrator.get(KILLED);
  equal((data as Readonly<Record<string, string>> | undefined)?.clerk, REASON);
}
