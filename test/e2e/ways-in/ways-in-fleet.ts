import { Agent, Approval, Budget, Dataset, Fleet, Order, Serve, Starter, Tool } from "../../../constructs";
import { APPROVERS, HOSTS } from "../gateway/gateway-fleet";
import { exampleAgents } from "./example-agents";

/** On the loopback of its pod, where the desk's own code answers */
export const DESK_PORT = 8_080;

/** Aliases of the keys of starters, by their names */
export const STARTERS = {
  outside: "alias/ambit/prod/starter/outside/1",
  own: "alias/ambit/prod/starter/own/1",
  merged: "alias/ambit/prod/starter/merged/1",
  workdays: "alias/ambit/prod/starter/workdays/1",
} as const;

const privateAddress = { reason: "the tools of the tests run on this machine" };
const robot = { service: "robot" };
const common = { owner: "office@acme.example", expires: "2027-06-30", workload: { namespace: "office" } } as const;

/**
 * A desk that users talk to, which reads records for some of them and posts on a board for others; one to which it hands work on;
 * the agents of `examples/`, to two of which it hands work on too; and an agent beside them without a way in
 *
 * @param port of the tools
 */
export function waysInFleet(port: number): Fleet {
  const records = Dataset.external("records", { sensitivity: "restricted" });
  const shared = { actsAs: robot, privateAddress, untrustedOutput: false } as const;
  const text = { type: "string", maxLength: 1_000 } as const;
  const crm = Tool.http("crm", {
    ...shared,
    url: `https://${HOSTS.crm}:${port}`,
    clearance: "restricted",
    actions: { read: { method: "GET", path: "/records/{id}", touches: [records.read()] } },
  });
  const board = Tool.http("board", {
    ...shared,
    // The post's author is the run's user: so a call in another user's run shows.
    actsAs: { service: "robot", bind: { author: "sub" } },
    url: `https://${HOSTS.board}:${port}`,
    clearance: "internal",
    actions: {
      post: {
        method: "POST",
        path: "/posts",
        body: {
          type: "object",
          additionalProperties: false,
          properties: { text, author: text },
          required: ["text", "author"],
        },
      },
    },
  });

  class Filer extends Agent.define("filer", {
    ...common,
    purpose: "Reads records for the agent that reads them for users",
    tasks: { look: { startedBy: "delegation", tools: [crm.allow("read")], data: [records.read()] } },
    serves: Serve.http({
      port: DESK_PORT,
      paths: ["/looks/"],
      tasks: ["look"],
      sensitivity: "public",
      clearance: "restricted",
    }),
  }) {}

  class Payer extends Agent.define("payer", {
    ...common,
    purpose: "Looks into records for others, and does sums",
    tasks: {
      look: {
        startedBy: "delegation",
        tools: [crm.allow("read")],
        data: [records.read()],
        delegates: [Filer.task("look")],
      },
      add: { startedBy: "delegation" },
    },
    serves: [
      Serve.http({
        port: DESK_PORT,
        paths: ["/looks/", "/parts/", "/streams/", "/sums"],
        tasks: ["add", "look"],
        sensitivity: "public",
        clearance: "restricted",
      }),
      Serve.a2a({
        port: DESK_PORT,
        path: "/a2a",
        sensitivity: "public",
        clearance: "restricted",
        card: {
          version: "1.0.0",
          streaming: true,
          skills: { add: { name: "Addition", description: "Adds one to a number", tags: ["sums"] } },
        },
      }),
    ],
  }) {}

  const examples = exampleAgents(port);
  const add = Payer.task("add", { sensitivity: "internal" });
  class Clerk extends Agent.define("clerk", {
    ...common,
    purpose: "Answers users, from records and by the board",
    tasks: {
      work: { startedBy: "user", tools: [crm.allow("read")], data: [records.read()] },
      tell: { startedBy: "user", tools: [board.allow("post")] },
      ingest: { startedBy: "event", tools: [board.allow("post")] },
      digest: { startedBy: "event" },
      skim: { startedBy: "user", delegates: [examples.narrow] },
      tally: { startedBy: "user", delegates: [add], budget: Budget.perRun(2, { of: add }) },
      report: {
        startedBy: "user",
        tools: [board.allow("post")],
        delegates: [add],
        order: Order.of({ first: add, then: board.allow("post") }),
      },
      vouch: { startedBy: "user", delegates: [add], approval: Approval.from(APPROVERS) },
      ask: {
        startedBy: "user",
        delegates: [Payer.task("look", { depth: 2 }), add, ...examples.delegates],
      },
    },
    serves: [
      Serve.http({
        port: DESK_PORT,
        paths: ["/chat", "/posts", "/streams/"],
        tasks: ["tell"],
        sensitivity: "public",
        clearance: "internal",
      }),
      Serve.http({
        name: "records",
        port: DESK_PORT,
        paths: ["/records/"],
        tasks: ["work"],
        sensitivity: "public",
        clearance: "restricted",
      }),
      Serve.http({
        name: "questions",
        port: DESK_PORT,
        paths: ["/questions/"],
        tasks: ["ask", "report", "skim", "tally", "vouch"],
        sensitivity: "public",
        clearance: "restricted",
      }),
      Serve.http({
        name: "events",
        port: DESK_PORT,
        paths: ["/events"],
        tasks: ["ingest"],
        sensitivity: "internal",
        clearance: "internal",
      }),
      Serve.http({
        name: "digests",
        port: DESK_PORT,
        paths: ["/digests"],
        tasks: ["digest"],
        sensitivity: "internal",
        clearance: "internal",
      }),
    ],
  }) {}

  const started = { agent: Clerk, task: "ingest", path: "/events", from: { pattern: { source: ["board"] } } } as const;
  const starters = [
    Starter.event("outside", { ...started, sources: { outside: { reason: "the tests send them" } } }),
    // The clerk posts there, and so could bring them about.
    Starter.event("own", { ...started, sources: [board] }),
    ...examples.starters,
  ];

  class Other extends Agent.define("other", {
    ...common,
    purpose: "Serves no caller",
    tasks: { post: { startedBy: "user", tools: [board.allow("post")] } },
  }) {}

  return Fleet.of(Clerk, Filer, Other, Payer, ...examples.agents).startedBy(...starters);
}
