import { deepStrictEqual as equal, match, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { LevelStore } from "../../../runtime/store/level-store";
import { tokenOf } from "../exchange/real-agent";
import { recordsIn } from "../exchange/written-records";
import { called, type Got, USER_TOKEN } from "../gateway/call";
import type { AgentName } from "../gateway/gateway-identities";
import type { Check, Suite } from "../harness/suite";
import { a2aCalled, saying } from "./a2a-call";
import type { DeskPod } from "./agent-checks";
import type { WaysInWorld } from "./ways-in-world";

const PAUSE_MILLISECONDS = 200;
/** Less than the stream takes by itself */
const FED_MILLISECONDS = 20_000;

/** Refusals of exchange, gateway and companions that the checks of this suite have caused, as the record must have them */
const ON_RECORD = [
  "answer.refused answer.above-clearance",
  "companion.refused companion.no-handle",
  "companion.refused companion.other-task",
  "run.refused delegation.too-deep",
  "run.refused evidence.other-agent",
  "run.refused evidence.other-task",
  "run.refused evidence.replayed",
  "run.refused evidence.signature",
  "run.refused run.unknown",
  "token.refused delegation.above-sensitivity",
  "token.refused delegation.widened",
  "token.refused delegation.undeclared",
  "way.refused call.target",
  "way.refused token.invalid",
  "way.refused token.out-of-scope",
] as const;

/** What is left of the proof: tokens shown again and by others, and chains that no edge allows */
export function proofChecks(
  suite: Suite,
  world: Check<WaysInWorld>,
  pod: Check<DeskPod>,
  ...delegates: readonly Check<unknown>[]
): void {
  suite.check(
    "ways in: a request fans out to two delegates, and comes back",
    [world, pod, ...delegates],
    async ([at]) => {
      const answer = await at.ask({ path: "/questions/both/7", evidence: at.evidence("ask", "fanning-kim") });
      equal([answer.status, JSON.parse(answer.text)], [200, { sum: 8, found: "TASK_STATE_COMPLETED" }]);
    },
  );

  suite.check(
    "ways in: a token that hands work on is good once, for its own task, by the agent that it was given to",
    [world, pod, ...delegates],
    async ([at]) => {
      const own = await handedOn(at);
      equal(answeredOf(await shown(at, own, { by: "other" })), [401, "token.invalid"]);
      equal(answeredOf(await shown(at, own, { task: "look", path: "/looks/7" })), [403, "token.out-of-scope"]);
      const first = await shown(at, own);
      equal([first.status, (JSON.parse(first.text) as { sum: number }).sum], [200, 42]);
      equal(answeredOf(await shown(at, own)), [403, "evidence.replayed"]);
      // The reference that its answer carried is refused for another user's run.
      const join = { "ambit-run": String(first.headers["ambit-run"]) };
      equal(answeredOf(await shown(at, await handedOn(at, "foreign-lou"), { headers: join })), [403, "run.unknown"]);
    },
  );

  suite.check(
    "ways in: work is handed on over declared edges alone, no deeper and no wider than each allows",
    [world, pod, ...delegates],
    async ([at, { pod: own }]) => {
      const skimming = await at.handle("skim", "skimming-mia");
      const undeclared = await a2aCalled(own, skimming, "web-reader.fetch", saying("anything"));
      equal([undeclared.status, undeclared.codes], [403, ["delegation.undeclared"]]);
      const { text } = await a2aCalled(own, skimming, "researcher.lookup", saying("what of ticket 7"));
      match(text, /delegation\.too-deep/);
      match(text, /delegation\.widened/);
    },
  );

  suite.check(
    "ways in: where a session is over, its stream ends, and so does that of the delegate that feeds it",
    [world, pod, ...delegates],
    async ([at]) => {
      const user = "flowing-nia";
      let parts = 0;
      let anew: Promise<unknown> = Promise.resolve();
      const stream = await at.ask({
        path: "/questions/streams/300",
        evidence: at.evidence("ask", user),
        onPart: () => {
          parts += 1;
          if (parts === 3) {
            const headers = { "ambit-session": "new" };
            anew = at.ask({ path: "/questions/handle", evidence: at.evidence("ask", user), headers });
          }
          return true;
        },
      });
      await anew;
      // Either may end first: the delegate's stream, at which the desk ends its own, or the desk's.
      equal([stream.status, parts < 300], [200, true]);
      const deadline = performance.now() + FED_MILLISECONDS;
      for (;;) {
        const { text } = await at.ask({ path: "/questions/fed", evidence: at.evidence("ask", "asking-oda") });
        const [fed] = JSON.parse(text) as readonly { readonly isWhole: boolean; readonly parts: number }[];
        ok(fed !== undefined || performance.now() < deadline, "the delegate's stream goes on");
        if (fed !== undefined) return ok(!fed.isWhole && fed.parts < 300, text);
        await sleep(PAUSE_MILLISECONDS);
      }
    },
  );
}

/** Last of all: the exchange ends, and its state is read. */
export function recordChecks(suite: Suite, world: Check<WaysInWorld>): void {
  suite.check(
    "ways in: each refusal of exchange, gateway and companions is on record, in a sound chain",
    [world],
    async ([at]) => {
      await at.gateway.exchange.stop();
      const store = await LevelStore.open(at.gateway.path("state"));
      try {
        const found = new Set<string>();
        for (const { kind, facts } of await recordsIn(store)) {
          const { codes = [] } = facts as { readonly codes?: readonly string[] };
          for (const code of codes) found.add(`${kind} ${code}`);
        }
        const missing = ON_RECORD.filter((each) => !found.has(each));
        equal(missing.length, 0, `${missing.join(", ")} of ${[...found].sort().join(", ")}`);
      } finally {
        await store.close();
      }
    },
  );
}

/** A token with which the clerk hands a user's work on to the payer's sums */
export async function handedOn(at: WaysInWorld, user = "handing-lee"): Promise<string> {
  const form = { audience: "exchange", subject_token: at.evidence("ask", user), subject_token_type: USER_TOKEN };
  const detail = { task: "ask", start: "user", delegate: "payer.add" };
  return tokenOf(await at.gateway.as("clerk").exchanged(at.gateway.exchange, form, detail));
}

interface Shown {
  readonly by?: AgentName;
  readonly task?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function shown(
  at: WaysInWorld,
  token: string,
  { by = "clerk", task = "add", path = "/sums?of=41", headers }: Shown = {},
): Promise<Got> {
  return called(at.gateway, at.gateway.as(by), {
    path: `/agents/payer${path}`,
    token,
    headers: { "ambit-start": "delegation", "ambit-task": task, ...headers },
  });
}

function answeredOf({ status, codes }: Got): readonly unknown[] {
  return [status, ...codes];
}
