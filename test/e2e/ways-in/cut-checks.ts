import { ok } from "node:assert";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { LIMITS } from "../../../domain";
import { codesIn } from "../gateway/call";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { CLERK_HOST, type WaysInWorld } from "./ways-in-world";

const HORIZON = LIMITS.openCut.seconds;
/** A machine that is busy is slower than the horizon counts. */
const GENEROUS = 3;
const DEADLINE_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 100;
/** More than is sent while a check lasts, and less than Express reads */
const UPLOAD_BYTES = 90_000;
const BEGUN = /"event":"run\.begun"[^\n]*?"run":"(?<run>[^"]+)"/g;

/** A request that is open */
interface Open {
  /** How it ended, and when, of `performance.now` */
  readonly ended: Promise<{ readonly how: string; readonly at: number }>;
  readonly run: string;
}

/** Opens a request of a user */
type Opening = (at: WaysInWorld, pod: DeskPod, user: string) => Promise<Open>;

const OPENINGS: Readonly<Record<string, Opening>> = {
  "an answer that streams": streaming("/streams/300", "tell"),
  "a request whose body still comes, and whose answer has not begun": uploading,
};

const STOPS: Readonly<
  Record<string, (open: { readonly user: string; readonly run: string }, at: WaysInWorld) => object>
> = {
  user: ({ user }, at) => ({ kind: "user", user: { issuer: at.gateway.issuers.userIssuer, subject: user } }),
  run: ({ run }) => ({ kind: "run", id: run }),
  chain: ({ run }) => ({ kind: "chain", id: run }),
};

/** What is open at an agent ends when it is stopped, in both directions. */
export function cutChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  for (const [what, opening] of Object.entries(OPENINGS)) {
    suite.check(`ways in: ${what} is cut, whichever of it is stopped`, [world, pod], async ([at, on], note) => {
      const cut: Promise<void>[] = [];
      for (const [kind, orderOf] of Object.entries(STOPS)) {
        const user = `cut-${kind}-${what.length}`;
        const open = await opening(at, on, user);
        await sleep(PAUSE_MILLISECONDS);
        const stoppedAt = performance.now();
        await at.gateway.stop(orderOf({ user, run: open.run }, at));
        const noted = cutAfter(open, stoppedAt).then((told) => note(`${kind}: ${told}`));
        noted.catch(() => undefined);
        cut.push(noted);
      }
      await Promise.all(cut);
    });
  }
}

async function cutAfter({ ended }: Open, stoppedAt: number): Promise<string> {
  const { how, at } = await ended;
  ok(how !== "whole", "it came to its end");
  const seconds = (at - stoppedAt) / 1_000;
  ok(seconds <= HORIZON * GENEROUS, `it ended after ${seconds} s`);
  return `${Math.max(0, seconds).toFixed(1)} s, ${how}, horizon ${HORIZON} s`;
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
  const ended = new Promise<{ how: string; at: number }>((resolve) => {
    const end = (how: string): void => {
      clearInterval(timer);
      resolve({ how, at: performance.now() });
    };
    sent.once("error", () => end("reset"));
    sent.once("response", (response) => {
      let text = "";
      response.on("data", (part: Buffer) => (text += part.toString()));
      response.once("end", () => end(`${response.statusCode} ${codesIn(text).join()}`));
      response.once("error", () => end("reset"));
    });
  });
  return { ended: inTime(ended), run: await nextRun(pod, before, () => true) };
}

/** Ids of the runs that the companion has told of */
function runsOf({ pod }: DeskPod): readonly string[] {
  return [...pod.companion.said().matchAll(BEGUN)].map(({ groups }) => groups?.["run"] ?? "");
}

/** Of a request, once it is open: the companion's log comes a little later. */
async function nextRun(pod: DeskPod, before: number, isOpen: () => boolean): Promise<string> {
  const deadline = performance.now() + DEADLINE_MILLISECONDS;
  for (;;) {
    const run = runsOf(pod)[before];
    if (run !== undefined && isOpen()) return run;
    ok(performance.now() < deadline, "the request is not open");
    await sleep(PAUSE_MILLISECONDS);
  }
}

function inTime<T>(ended: Promise<T>): Promise<T> {
  const late = sleep(DEADLINE_MILLISECONDS, undefined, { ref: false }).then(() => {
    throw new Error("it stayed open");
  });
  late.catch(() => undefined);
  return Promise.race([ended, late]);
}
