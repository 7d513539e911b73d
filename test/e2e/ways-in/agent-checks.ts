import { deepStrictEqual as equal, match, notStrictEqual as differs, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { arrivals } from "../gateway/call-checks";
import { valueOf } from "../gateway/recording-tool";
import type { Check, Suite } from "../harness/suite";
import { DeskClient } from "./desk-client";
import { type Pod, podAddress, referenceOf } from "./pod";
import { CLERK_HOST, type WaysInWorld } from "./ways-in-world";

const FIRST = podAddress();
const HANDLE = /^[\w-]{43}$/;
/** Of the caller, which the agent must not see */
const TRACE = "1".repeat(32);
const LOGGED_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 20;

/** A pod, and a client of its desk */
export interface DeskPod {
  readonly pod: Pod;
  readonly desk: DeskClient;
}

/** An agent in Express, which has no line of ours, behind its companion */
export function agentChecks(suite: Suite, world: Check<WaysInWorld>): Check<DeskPod> {
  const pod = suite.check("ways in: a user talks to an agent in Express", [world], async ([at]) => {
    const started = await at.pod("clerk", FIRST);
    at.podsAt("clerk", FIRST);
    const desk = new DeskClient(at);
    await desk.reaches(FIRST, referenceOf);
    return { pod: started, desk };
  });

  suite.check(
    "ways in: the agent gets the request and a handle, and no evidence",
    [world, pod],
    async ([at, { desk }]) => {
      const evidence = at.evidence("tell");
      const headers = {
        traceparent: `00-${TRACE}-${"2".repeat(16)}-01`,
        tracestate: "a=1",
        baggage: "a=1",
        cookie: "thread=7",
      };
      const { answer, headers: got, body } = await desk.seen({ user: "alice", headers, evidence }, { say: "hello" });
      equal([body, got["host"], got["cookie"]], [{ say: "hello" }, CLERK_HOST, "thread=7"]);
      ok(!JSON.stringify(got).includes(evidence), "the evidence reached the agent");
      equal(
        Object.keys(got).filter((name) => name.startsWith("x-ambit-") || name === "authorization"),
        [],
      );
      match(got["ambit-run"] ?? "", HANDLE);
      equal([got["baggage"], got["tracestate"]], [`ambit-run=${got["ambit-run"]}`, undefined]);
      ok(!(got["traceparent"] ?? TRACE).includes(TRACE), "the caller's trace reached the agent");
      const reference = String(answer.headers["ambit-run"]);
      equal(reference, referenceOf(reference.split(".")[0] as string, FIRST));
      equal(answer.headers["set-cookie"], ["thread=7"]);
    },
  );

  for (const by of ["ambit-run", "baggage"]) {
    suite.check(`ways in: a call out belongs to the request's run, by ${by}`, [world, pod], async ([at, { desk }]) => {
      const arrived = await arrivals(at.gateway, async () => {
        equal(await desk.post({ user: `by-${by}` }, `?by=${by}`, "hi"), { status: 200, codes: [] });
      });
      equal(
        arrived.map((one) => [one.path, valueOf(one, "ambit-run"), valueOf(one, "baggage")]),
        [["/posts", undefined, undefined]],
      );
    });
  }

  suite.check("ways in: an event starts its task, once, and taints", [world, pod], async ([at]) => {
    const token = at.gateway.issuers.startToken(at.gateway.idOf("clerk"), "ingest");
    const event = { method: "POST", path: "/events", evidence: token, body: '{"ticket":7}' };
    const headers = { "content-type": "application/json", "ambit-start": "event" };
    const answer = await at.ask({ ...event, headers });
    equal([answer.status, JSON.parse(answer.text)], [200, { event: { ticket: 7 }, start: null }]);
    const again = await at.ask({ ...event, headers });
    equal([again.status, again.codes], [403, ["evidence.replayed"]]);
    // An answer that was lost is asked for again with the same token, in the same run.
    const joined = await at.ask({
      ...event,
      headers: { ...headers, "ambit-run": String(answer.headers["ambit-run"]) },
    });
    equal(joined.status, 200);
  });

  suite.check(
    "ways in: what the exchange refuses is answered with its reason, and the agent sees nothing",
    [world, pod],
    async ([
      at,
      {
        desk,
        pod: { companion },
      },
    ]) => {
      const forged = at.evidence("tell").replace(/.{8}$/, "AAAAAAAA");
      const rows: readonly (readonly [string, readonly string[]])[] = [
        [at.gateway.evidence("payer", "tell"), ["evidence.other-agent"]],
        [at.gateway.evidence("clerk", "work"), ["evidence.other-task"]],
        [forged, ["evidence.signature"]],
      ];
      const before = await servedTo(desk, companion);
      for (const [evidence, codes] of rows) {
        const answer = await desk.chat({ user: "alice", headers: { "ambit-task": "tell" }, evidence });
        equal([answer.status, answer.codes], [403, codes]);
      }
      equal(await servedTo(desk, companion), before + 1);
    },
  );

  suite.check("ways in: a follow-up joins only a run of its own caller", [world, pod], async ([, { desk }]) => {
    const first = await desk.seen({ user: "joining-ann" });
    const headers = { "ambit-run": String(first.answer.headers["ambit-run"]) };
    const again = await desk.seen({ user: "joining-ann", headers });
    equal(again.answer.headers["ambit-run"], headers["ambit-run"]);
    differs(again.headers["ambit-run"], first.headers["ambit-run"]);
    const stolen = await desk.chat({ user: "joining-ben", headers });
    equal([stolen.status, stolen.codes], [403, ["run.unknown"]]);
  });

  suite.check(
    "ways in: an answer is cut once the session has read above its clearance",
    [world, pod],
    async ([at, { desk }]) => {
      const user = "reading-cleo";
      let parts = 0;
      let read: Promise<unknown> = Promise.resolve();
      const stream = await at.ask({
        path: "/streams/300",
        evidence: at.evidence("tell", user),
        onPart: () => {
          parts += 1;
          if (parts === 3) read = desk.record(user);
          return true;
        },
      });
      equal(await read, { status: 200, codes: [] });
      equal([stream.status, stream.isWhole, parts < 300], [200, false, true]);
      const later = await desk.chat({ user });
      equal([later.status, later.codes], [403, ["answer.above-clearance"]]);
    },
  );

  suite.check(
    "ways in: a stream ends when its session is over, and the other streams go on",
    [world, pod],
    async ([at, { desk }]) => {
      const user = "leaving-dan";
      let parts = 0;
      let anew: Promise<unknown> = Promise.resolve();
      const stream = await at.ask({
        path: "/streams/300",
        evidence: at.evidence("tell", user),
        onPart: () => {
          parts += 1;
          if (parts === 3) anew = desk.chat({ user, headers: { "ambit-session": "new" } });
          return true;
        },
      });
      await anew;
      equal([stream.status, stream.isWhole, parts < 300], [200, false, true]);
    },
  );
  return pod;
}

/** How many requests the companion has told of, one that is sent now the last of them: lines of its log come together, and a little later */
async function servedTo(desk: DeskClient, companion: Pod["companion"]): Promise<number> {
  const { answer } = await desk.seen({ user: "counting" });
  const [run = ""] = String(answer.headers["ambit-run"]).split(".");
  const deadline = performance.now() + LOGGED_MILLISECONDS;
  for (;;) {
    const told = companion
      .said()
      .split("\n")
      .filter((line) => line.includes('"event":"request.served"'));
    if (told.some((line) => line.includes(run))) return told.length;
    ok(performance.now() < deadline, `the companion does not tell of the run ${run}`);
    await sleep(PAUSE_MILLISECONDS);
  }
}
