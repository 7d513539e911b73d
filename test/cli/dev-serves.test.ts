import { portsOf, servingOf } from "../../cli/dev/serving";
import { ordersIn } from "../../cli/dev/example/orders";
import { optionsOf } from "../../cli/dev/options";
import { Serve } from "../../domain";
import { fleet } from "../../fleet";
import { agentOf, httpTool } from "../support/domain";

const triage = fleet.agents.find(({ name }) => name === "support-triage");

describe("--serves", () => {
  test("says where an agent's own process listens, for all of its ways in or for one", () => {
    if (triage === undefined) throw new Error("the example fleet has no support-triage");
    const serving = servingOf(["support-triage=9001", "researcher=example", "support-triage.http=9002"], fleet.agents);
    const own = serving.get("support-triage") ?? { ways: {} };
    expect([...portsOf(triage, own, undefined)]).toEqual([["http", { port: 9002 }]]);
    expect([...portsOf(triage, { port: 9001, ways: {} }, undefined)]).toEqual([["http", { port: 9001 }]]);
    expect([...portsOf(triage, { ways: {} }, undefined)]).toEqual([["http", { port: 8080 }]]);
    expect(serving.get("researcher")).toEqual({ port: "example", ways: {} });
    expect([...portsOf(triage, { port: "example", ways: {} }, 4)]).toEqual([["http", { port: 4 }]]);
  });

  test("has the companion told of A2A where push notifications go", () => {
    const callbacks = httpTool("callbacks", { actions: { notify: { method: "POST", path: "/p", body: {} } } });
    const pusher = agentOf({
      tasks: { look: { startedBy: "user", tools: [callbacks.allow("notify")] } },
      serves: Serve.a2a({
        ...{ port: 8080, sensitivity: "public", clearance: "public" },
        card: { version: "1.0.0", skills: { look: { name: "Look", description: "Looks", tags: ["look"] } } },
        pushes: { to: callbacks.allow("notify") },
      }),
    });
    const pushes = { url: "https://callbacks.acme.example/p", tool: "callbacks", path: "/p" };
    expect([...portsOf(pusher, { port: 9001, ways: {} }, undefined)]).toEqual([
      ["a2a", { port: 9001, a2a: "/", pushes }],
    ]);
  });

  test.each([
    [
      "support-triage",
      '--serves must be <agent>=<port>, <agent>.<way in>=<port> or <agent>=example, got "support-triage"',
    ],
    [
      "build-watcher=9001",
      "--serves must name an agent that declares serves (those that serve are press-watcher, release-scribe, researcher, support-triage, web-reader)",
    ],
    ["support-triage.a2a=9001", "--serves must name a way in of support-triage (http)"],
    ["support-triage=80", "--serves must have a port from 1024 to 65535"],
    ["support-triage=70000", "--serves must have a port from 1024 to 65535"],
    ["support-triage.http=example", "--serves example is for an agent as a whole: write support-triage=example"],
  ])("fails for %s", (written, message) => {
    expect(() => optionsOf(["--serves", written])).toThrow(message);
  });

  test("fails where the agent's companion does not run, and in the story", () => {
    expect(() => optionsOf(["--agent", "researcher", "--serves", "support-triage=9001"])).toThrow(
      "--serves names support-triage, whose companion does not run: add --agent support-triage",
    );
    expect(() => optionsOf(["--story", "--serves", "support-triage=9001"])).toThrow(
      "--story takes no --agent, no --serves",
    );
  });

  test("the page is there unless it is not wanted", () => {
    expect(optionsOf([])?.page).toBe(true);
    expect(optionsOf(["--no-page"])?.page).toBe(false);
  });
});

describe("the example agent", () => {
  test.each([
    ["call zendesk get /api/v2/tickets/1", { to: "tools/zendesk", method: "GET", path: "/api/v2/tickets/1" }],
    ['call board POST /posts {"a": 1}', { to: "tools/board", method: "POST", path: "/posts", body: { a: 1 } }],
    ["call board POST /posts hello", { to: "tools/board", path: "/posts", body: "hello" }],
    ["hand on researcher.lookup POST / {}", { to: "delegates/researcher.lookup", method: "POST", path: "/", body: {} }],
  ])("is told %j", (text, order) => expect(ordersIn(text)).toMatchObject([order]));

  test("reads a ticket, and then does what the stranger in it says", () => {
    const orders = ordersIn("please answer ticket 12");
    expect(orders.map((order) => ("says" in order ? order.says : `${order.method} ${order.to}${order.path}`))).toEqual([
      "GET tools/zendesk/api/v2/tickets/12",
      "POST delegates/researcher.lookup/",
      "GET tools/zendesk/api/v2/users.json",
      "PUT tools/zendesk/api/v2/tickets/12",
      "POST tools/payments/",
      "PUT tools/zendesk/api/v2/tickets/12",
    ]);
  });

  test("says what it understands, where it is told nothing else", () => {
    expect(ordersIn("hello")).toMatchObject([{ says: expect.stringContaining("answer ticket <number>") }]);
  });
});
