import { deepStrictEqual as equal } from "node:assert";
import { randomUUID } from "node:crypto";
import { arrivals } from "../gateway/call-checks";
import type { Check, Suite } from "../harness/suite";
import { podAddress } from "./pod";
import { handled, type Started, told } from "./starter-run";
import type { WaysInWorld } from "./ways-in-world";

const MERGED: Started = { agent: "release-scribe", task: "note", start: "event", from: "bus", path: "/merged" };
const WORKDAYS: Started = {
  agent: "press-watcher",
  task: "watch",
  start: "schedule",
  path: "/summary",
  body: { topics: ["Acme"] },
};
const TITLE = "Retry the flaky step";
const FOUND = '{"title":"Retry the flaky step"}';
const ONCE = [
  ["start.answered", 200],
  ["handled", "done"],
  ["start.replayed", 403],
  ["handled", "done"],
];

/** The agents of `examples/` that an event and a schedule start, as they are, by the program of their starters */
export function startedChecks(suite: Suite, world: Check<WaysInWorld>): void {
  const pods = suite.check("ways in: the examples that starters start run as they are", [world], async ([at]) => {
    const agents = ["release-scribe", "press-watcher"] as const;
    await Promise.all(
      agents.map(async (agent) => {
        const address = podAddress();
        await at.pod(agent, address, { env: { AUTHOR: at.gateway.idOf(agent) } });
        at.podsAt(agent, address);
      }),
    );
    return (text: string) => {
      const before = at.gateway.tool.answering;
      at.gateway.tool.answering = (_, response) =>
        void response.writeHead(200, { "content-type": "application/json" }).end(text);
      return () => void (at.gateway.tool.answering = before);
    };
  });

  const called = async (at: WaysInWorld, name: "merged" | "workdays", message: object, started: Started) => {
    let lines: readonly (readonly unknown[])[] = [];
    const arrived = await arrivals(at.gateway, async () => {
      lines = (await handled(at, name, [message, message], started)).lines.map(told);
    });
    return { lines, calls: arrived.map(({ method, path, body }) => [method, path, body]) };
  };

  suite.check(
    "ways in: an event of the bus starts an agent in Express, which reads what it tells of and drafts, once",
    [world, pods],
    async ([at, answering]) => {
      const ended = answering(FOUND);
      const detail = { action: "merged", repository: "acme/shop", number: 42 };
      const event = { id: randomUUID(), "detail-type": "pull_request", source: "acme.code", detail };
      const { lines, calls } = await called(at, "merged", event, MERGED);
      ended();
      const author = at.gateway.idOf("release-scribe");
      equal(lines, ONCE);
      equal(calls, [
        ["GET", "/repos/acme/shop/pulls/42", ""],
        ["POST", "/api/drafts", JSON.stringify({ author, text: `${TITLE} (acme/shop, pull request 42)` })],
      ]);
    },
  );

  suite.check(
    "ways in: a moment of the schedule starts an agent in FastAPI, which searches and drafts, once",
    [world, pods],
    async ([at, answering]) => {
      const ended = answering(FOUND);
      const scheduled = `${new Date().toISOString().slice(0, 19)}Z`;
      const { lines, calls } = await called(at, "workdays", { scheduled }, WORKDAYS);
      ended();
      const author = at.gateway.idOf("press-watcher");
      equal(lines, ONCE);
      equal(
        calls.map(([method, path, body]) => [method, path, body === "" ? "" : JSON.parse(body as string)]),
        [
          ["GET", "/v1/search?q=Acme", ""],
          ["POST", "/api/drafts", { author, text: `Acme: ${FOUND}` }],
        ],
      );
    },
  );

  suite.check(
    "ways in: an event that names another path than a pull request's reaches no tool",
    [world, pods],
    async ([at]) => {
      const detail = { action: "merged", repository: "../users", number: 1 };
      const event = { id: randomUUID(), "detail-type": "pull_request", source: "acme.code", detail };
      let lines: readonly (readonly unknown[])[] = [];
      const arrived = await arrivals(at.gateway, async () => {
        lines = (await handled(at, "merged", [event], MERGED)).lines.map(told);
      });
      equal([lines[0], arrived.length], [["start.answered", 502], 0]);
    },
  );
}
