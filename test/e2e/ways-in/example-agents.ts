import { Agent, type AgentClass, Dataset, Serve, Tool } from "../../../constructs";
import type { Delegation, Starter } from "../../../domain";
import { HOSTS } from "../gateway/gateway-fleet";
import { startedAgents } from "./started-agents";

/** On the loopback of its pod, where an agent's own code answers */
const CODE_PORT = 8_080;

const common = { owner: "office@acme.example", expires: "2027-06-30", workload: { namespace: "office" } } as const;
const text = { type: "string", maxLength: 20_000 } as const;
const object = { type: "object" } as const;
const closed = (properties: object, required: readonly string[]) =>
  ({ type: "object", additionalProperties: false, properties, required }) as const;

/**
 * What the agents of `examples/` run as: named as in `fleet/`, with tools that are on this machine
 *
 * @param port of the tools
 */
export function exampleAgents(port: number): ExampleAgents {
  const tickets = Dataset.external("tickets", { sensitivity: "confidential" });
  const own = {
    actsAs: { service: "robot" },
    privateAddress: { reason: "the tools of the tests run on this machine" },
  };
  const search = Tool.http("search", {
    ...own,
    url: `https://${HOSTS.search}:${port}`,
    clearance: "public",
    actions: { query: { method: "GET", path: "/v1/search", query: closed({ q: text }, ["q"]) } },
  });
  const zendesk = Tool.http("zendesk", {
    ...own,
    url: `https://${HOSTS.zendesk}:${port}`,
    clearance: "confidential",
    actions: {
      read: { method: "GET", path: "/api/v2/tickets/{id}", touches: [tickets.read()] },
      comment: {
        method: "PUT",
        path: "/api/v2/tickets/{id}",
        // So that the taint of what delegates read shows.
        impact: "high",
        body: closed(
          {
            ticket: closed({ comment: closed({ body: text, public: { const: false } }, ["body", "public"]) }, [
              "comment",
            ]),
          },
          ["ticket"],
        ),
      },
    },
  });
  const callbacks = Tool.http("callbacks", {
    ...own,
    url: `https://${HOSTS.callbacks}:${port}`,
    clearance: "confidential",
    untrustedOutput: false,
    actions: {
      notify: {
        method: "POST",
        path: "/v1/pushes",
        body: closed({ artifactUpdate: object, statusUpdate: object, task: object }, []),
        outward: { is: false, reason: "the organisation's own receiver" },
      },
    },
  });
  const notify = callbacks.allow("notify");
  const a2a = <K extends string>(task: K, clearance: "confidential" | "public") =>
    Serve.a2a<K>({
      port: CODE_PORT,
      pushes: { to: notify },
      bindings: ["JSONRPC", "HTTP+JSON"],
      sensitivity: "public",
      clearance,
      card: {
        version: "1.0.0",
        streaming: true,
        skills: { [task]: { name: task, description: "Answers a question", tags: ["questions"] } } as never,
      },
    });

  class WebReader extends Agent.define("web-reader", {
    ...common,
    purpose: "Searches the public web with questions that hold nothing internal",
    tasks: { fetch: { startedBy: "delegation", tools: [search.allow("query"), notify] } },
    serves: a2a("fetch", "public"),
  }) {}

  class Researcher extends Agent.define("researcher", {
    ...common,
    purpose: "Looks things up for other agents, on the web and among tickets",
    tasks: {
      lookup: {
        startedBy: "delegation",
        tools: [zendesk.allow("read"), notify],
        data: [tickets.read()],
        delegates: [WebReader.task("fetch")],
      },
    },
    serves: a2a("lookup", "confidential"),
  }) {}

  class SupportTriage extends Agent.define("support-triage", {
    ...common,
    purpose: "Answers support tickets",
    tasks: {
      answer: {
        startedBy: "user",
        tools: [zendesk.allow("comment")],
        delegates: [Researcher.task("lookup", { depth: 2 })],
      },
    },
    serves: Serve.http({
      port: CODE_PORT,
      paths: ["/chat", "/threads/"],
      tasks: ["answer"],
      sensitivity: "public",
      clearance: "confidential",
    }),
  }) {}

  const started = startedAgents(port, search);
  return {
    agents: [Researcher, SupportTriage, WebReader, ...started.agents],
    starters: started.starters,
    delegates: [Researcher.task("lookup", { depth: 2 }), WebReader.task("fetch")],
    narrow: Researcher.task("lookup", { tools: [] }),
  };
}

export interface ExampleAgents {
  readonly agents: readonly AgentClass[];
  /** Of those that a schedule and an event start */
  readonly starters: readonly Starter[];
  /** Of the clerk, by which clients of A2A are tried one by one */
  readonly delegates: readonly Delegation[];
  /** An edge that is one hop long, and allows no tool */
  readonly narrow: Delegation;
}
