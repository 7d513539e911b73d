import { ok } from "node:assert";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { claimsIn } from "../exchange/real-agent";
import { type Ended, endOf, HORIZON, inTime, secondsBetween } from "../cut/ended";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { DeskPod } from "./agent-checks";
import { handedOn } from "./proof-checks";
import { CLERK_HOST, type WaysInWorld } from "./ways-in-world";

const OPEN_SECONDS = 60;
const PAUSE_MILLISECONDS = 100;
/** More than is sent while a check lasts, and less than Express reads */
const UPLOAD_BYTES = 90_000;
const BEGUN = /"event":"run\.begun"[^\n]*?"run":"(?<run>[^"]+)"/g;

/** A request that is open */
interface Open {
  readonly ended: Promise<Ended>;
  readonly run: string;
}

/** Opens a request of a user */
type Opening = (at: WaysInWorld, pod: DeskPod, user: string) => Promise<Open>;

const OPENINGS: Readonly<Record<string, Opening>> = {
  "an answer that streams": streaming("/streams/300", "tell"),
  "a request whose body still comes, and whose answer has not begun": uploading,
};

const STOPS: Readonly<
  Record<string, (open: { readonly user: string; readonly run: string }, at: WaysInWorld) => object | Promise<object>>
> = {
  user: ({ user }, at) => ({ kind: "user", user: { issuer: at.gateway.issuers.userIssuer, subject: user } }),
  session: async ({ user }, at) => ({ kind: "session", id: claimsIn(await handedOn(at, user)).sid }),
  run: ({ run }) => ({ kind: "run", id: run }),
  chain: ({ run }) => ({ kind: "chain", id: run }),
};

/** What is open at an agent ends when it is stopped, in both directions. */
export function cutChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  for (const [what, opening] of Object.entries(OPENINGS)) {
    suite.check(
      `ways in: ${what} is cut by a stop of its user, session, run or chain`,
      [world, pod],
      async ([at, on], note) => {
        const cut: Promise<void>[] = [];
        for (const [kind, orderOf] of Object.entries(STOPS)) {
          const user = `cut-${kind}-${what.length}`;
          const open = await opening(at, on, user);
          await sleep(PAUSE_MILLISECONDS);
          const order = await orderOf({ user, run: open.run }, at);
          const stoppedAt = performance.now();
          await at.gateway.stop(order);
          const noted = cutAfter(open, stoppedAt).then((told) => note(`${kind}: ${told}`));
          noted.catch(() => undefined);
          cut.push(noted);
        }
        await Promise.all(cut);
      },
    );
  }
}

async function cutAfter({ ended }: Open, stoppedAt: number): Promise<string> {
  const { how, at } = await ended;
  ok(how !== "whole", "it came to its end");
  return `${secondsBetween(stoppedAt, at)} s, ${how}, horizon ${HORIZON} s`;
}

function streaming(path: string, task: string): Opening {
  return async (at, pod, user) => {
    const before = runsOf(pod).length;
    let parts = 0;
    const answer = at.ask({ path, evidence: at.evidence(task, user), onPart: () => (parts += 1) > 0 });
    const ended = answer.then(({ isWhole, codes }) => ({
      how: isWhole ? codes.join() || "whole" : "reset",
      at: performance.now(),
    }));
    return { ended: inTime(ended), run: await nextRun(pod, before, () => parts > 0) };
  };
}

async function uploading(at: WaysInWorld, pod: DeskPod, user: string): Promise<Open> {
  const before = runsOf(pod).length;
  const sent = request({
    host: at.gateway.host,
    port: at.gateway.usersPort,
    servername: CLERK_HOST,
    method: "POST",
    path: "/chat",
    headers: {
      host: CLERK_HOST,
      authorization: `Bearer ${at.evidence("tell", user)}`,
      "content-type": "application/json",
      "content-length": `${UPLOAD_BYTES}`,
    },
    agent: false,
    ca: readFileSync(at.authorityFile),
  });
  sent.write('{"text":"');
  const timer = setInterval(() => sent.write("x"), PAUSE_MILLISECONDS);
  const ended = endOf(sent).finally(() => clearInterval(timer));
  return { ended: inTime(ended), run: await nextRun(pod, before, () => true) };
}

/** Ids of the runs that the companion has told of */
function runsOf({ pod }: DeskPod): readonly string[] {
  return [...pod.companion.said().matchAll(BEGUN)].map(({ groups }) => groups?.["run"] ?? "");
}

/** Of a request, once it is open: the companion's log comes a little later. */
async function nextRun(pod: DeskPod, before: number, isOpen: () => boolean): Promise<string> {
  await until(() => runsOf(pod)[before] !== undefined && isOpen(), OPEN_SECONDS, "the request is not open");
  return runsOf(pod)[before] ?? "";
}
