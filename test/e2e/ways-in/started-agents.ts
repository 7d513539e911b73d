import { Agent, type AgentClass, Dataset, Serve, Starter, Tool } from "../../../constructs";
import { HOSTS } from "../gateway/gateway-fleet";

/** On the loopback of its pod, where an agent's own code answers */
const CODE_PORT = 8_080;
const common = { owner: "office@acme.example", expires: "2027-06-30", workload: { namespace: "office" } } as const;
const privateAddress = { reason: "the tools of the tests run on this machine" };
const text = { type: "string", maxLength: 20_000 } as const;

/**
 * The agents of `examples/` that a schedule and an event start, as `fleet/` declares them, and their starters
 *
 * @param port of the tools
 * @param search of the public web, as other agents use it
 */
export function startedAgents(port: number, search: Tool<"query">): StartedAgents {
  const drafts = Dataset.external("drafts", { sensitivity: "confidential", untrusted: true });
  const editor = Tool.http("editor", {
    actsAs: { service: "robot", bind: { author: "act.sub" } },
    privateAddress,
    url: `https://${HOSTS.editor}:${port}`,
    clearance: "confidential",
    untrustedOutput: false,
    actions: {
      draft: {
        method: "POST",
        path: "/api/drafts",
        body: {
          type: "object",
          additionalProperties: false,
          required: ["author", "text"],
          properties: { author: text, text },
        },
        touches: [drafts.write()],
        outward: { is: false, reason: "drafts are seen inside" },
      },
    },
  });
  const pullRequests = Dataset.external("pull-requests", { sensitivity: "internal" });
  const github = Tool.http("github", {
    actsAs: { service: "robot" },
    privateAddress,
    url: `https://${HOSTS.github}:${port}`,
    clearance: "internal",
    actions: {
      pull: { method: "GET", path: "/repos/{owner}/{repo}/pulls/{number}", touches: [pullRequests.read()] },
    },
  });

  class ReleaseScribe extends Agent.define("release-scribe", {
    ...common,
    purpose: "Drafts a release note for each pull request that is merged",
    tasks: {
      note: {
        startedBy: "event",
        tools: [github.allow("pull"), editor.allow("draft")],
        data: [pullRequests.read(), drafts.write()],
      },
    },
    serves: Serve.http({
      port: CODE_PORT,
      paths: ["/merged"],
      tasks: ["note"],
      sensitivity: "internal",
      clearance: "internal",
    }),
  }) {}

  class PressWatcher extends Agent.define("press-watcher", {
    ...common,
    purpose: "Drafts a summary of what the press wrote",
    tasks: {
      watch: { startedBy: "schedule", tools: [search.allow("query"), editor.allow("draft")], data: [drafts.write()] },
    },
    serves: Serve.http({
      port: CODE_PORT,
      paths: ["/summary"],
      tasks: ["watch"],
      sensitivity: "public",
      clearance: "public",
    }),
  }) {}

  return {
    agents: [PressWatcher, ReleaseScribe],
    starters: [
      Starter.event("merged", {
        agent: ReleaseScribe,
        task: "note",
        path: "/merged",
        from: { bus: "code", pattern: { source: ["acme.code"] } },
        sources: [github],
      }),
      Starter.schedule("workdays", {
        agent: PressWatcher,
        task: "watch",
        path: "/summary",
        at: "cron(0 7 ? * MON-FRI *)",
        timeZone: "Europe/Berlin",
        body: { topics: ["Acme"] },
      }),
    ],
  };
}

export interface StartedAgents {
  readonly agents: readonly AgentClass[];
  readonly starters: readonly Starter[];
}
