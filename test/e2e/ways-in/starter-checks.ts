import { deepStrictEqual as equal, ok } from "node:assert";
import { randomUUID } from "node:crypto";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { handled, type Started, told } from "./starter-run";
import { STARTERS } from "./ways-in-fleet";
import type { WaysInWorld } from "./ways-in-world";

const INGEST: Started = { agent: "clerk", task: "ingest", start: "event", from: "bus", path: "/events" };

/** Starters start the agent's task by their own program, which KMS signs for. */
export function starterChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  suite.check(
    "ways in: a starter whose key is in KMS starts an event's task through the gateway, and the same event once",
    [world, pod],
    async ([at]) => {
      const [one, other] = [event("one"), event("other")];
      const { lines, said } = await handled(at, "outside", [one, one, other], INGEST);
      equal(lines.map(told), [
        ["start.answered", 200],
        ["handled", "done"],
        ["start.replayed", 403],
        ["handled", "done"],
        ["start.answered", 200],
        ["handled", "done"],
      ]);
      ok(at.kms.signed.length >= 3, "KMS signed nothing");
      equal([...new Set(at.kms.signed.map(({ KeyId }) => KeyId))], [STARTERS.outside]);
      ok(!/ey[\w-]+\.ey[\w-]+\.[\w-]{40}/.test(said), "a token stands in the log");
    },
  );

  suite.check("ways in: a starter starts no task but its own, though the key is sound", [world, pod], async ([at]) => {
    const { lines } = await handled(at, "outside", [event("x")], { ...INGEST, task: "digest", path: "/digests" });
    equal(
      lines.slice(0, 1).map(({ event: name, codes }) => [name, codes]),
      [["start.refused", ["evidence.starter-unknown"]]],
    );
    equal(lines.at(-1)?.batchItemFailures?.length, 1);
  });

  suite.check(
    "ways in: an agent started by its own event keeps the mark of what it has read",
    [world, pod],
    async ([at, { desk }]) => {
      // Read for one user, and remembered by the agent's process for as long as it runs
      equal(await desk.record("looping-lou"), { status: 200, codes: [] });
      const clean = await handled(at, "outside", [event("clean")], INGEST);
      equal(clean.lines.slice(0, 1).map(told), [["start.answered", 200]]);
      const own = await handled(at, "own", [event("own")], INGEST);
      equal(
        own.lines.map(({ event: name, codes }) => [name, codes]),
        [
          ["start.unheard", ["answer.above-clearance"]],
          ["handled", undefined],
        ],
      );
    },
  );
}

const event = (what: string) => ({ id: randomUUID(), "detail-type": "Posted", source: "board", detail: { what } });
