import type { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import {
  Agent,
  Approval,
  Budget,
  Dataset,
  Fleet,
  Order,
  type PeopleProps,
  type TokenIssuerProps,
  Platform,
  Tool,
} from "../../../constructs";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { facts } from "../../../fleet/platform";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";

/** Names of hosts, which the tests' own name service knows */
export const HOSTS = {
  crm: "crm.acme-tools.example",
  till: "till.acme-tools.example",
  board: "board.acme-tools.example",
  llm: "llm.acme-tools.example",
  mail: "mail.acme-tools.example",
  web: "web.acme-tools.example",
  search: "search.acme-tools.example",
  callbacks: "callbacks.acme-tools.example",
  zendesk: "zendesk.acme-tools.example",
  github: "github.acme-tools.example",
  editor: "editor.acme-tools.example",
  rebound: "rebound.acme-tools.example",
  twofold: "twofold.acme-tools.example",
  metadata: "metadata.acme-tools.example",
  unknown: "unknown.acme-tools.example",
} as const;

/** Of a run of the task `metered` */
export const TOKENS_PER_RUN = 20_000;

const privateAddress = { reason: "the tools of the tests run on this machine" };
const robot = { service: "robot" };

/** Of a run of the task `read` */
export const MAILS_PER_RUN = 3;

/** Whose tokens start tasks */
type Issuers = Pick<DevelopmentIssuers, "starterIssuer" | "userIssuer">;

/** The group that approves what the payer settles */
export const APPROVERS = "support-leads";

/**
 * Tools at one port, the agent that calls them, and one that may call only one of them
 *
 * @param bystanders how many agents there are besides
 */
export function gatewayFleet(port: number, bystanders = 0): Fleet {
  const records = Dataset.external("records", { sensitivity: "restricted" });
  const at = (host: string, path = ""): string => `https://${host}:${port}${path}`;
  const text = { type: "string", maxLength: 1_000 } as const;
  const object = (properties: object, required: readonly string[]) =>
    ({ type: "object", additionalProperties: false, properties, required }) as const;

  const crm = Tool.http("crm", {
    url: at(HOSTS.crm, "/base"),
    clearance: "restricted",
    untrustedOutput: false,
    actsAs: robot,
    privateAddress,
    actions: {
      read: { method: "GET", path: "/records/{id}", touches: [records.read()] },
      latest: { method: "GET", path: "/records/latest" },
      find: { method: "GET", path: "/find", query: object({ q: text }, ["q"]) },
      note: { method: "POST", path: "/notes", body: object({ text, at: { type: "number" } }, ["text"]) },
    },
  });
  const till = Tool.http("till", {
    url: at(HOSTS.till),
    clearance: "restricted",
    actsAs: robot,
    privateAddress,
    actions: {
      refund: {
        method: "POST",
        path: "/refunds/{order}",
        impact: "high",
        body: object({ amount: { type: "number", minimum: 0, maximum: 500 } }, ["amount"]),
      },
    },
  });
  const board = Tool.http("board", {
    url: at(HOSTS.board),
    clearance: "internal",
    untrustedOutput: false,
    actsAs: robot,
    privateAddress,
    actions: { post: { method: "POST", path: "/posts", body: object({ text }, ["text"]) } },
  });
  const web = Tool.http("web", {
    url: at(HOSTS.web),
    clearance: "public",
    actsAs: { service: "robot", bind: { author: "act.sub" } },
    privateAddress,
    actions: { fetch: { method: "GET", path: "/pages/{page}", query: object({ author: text }, ["author"]) } },
  });
  const llm = Tool.model("llm", {
    url: at(HOSTS.llm, "/base"),
    api: ["anthropic.messages", "openai.responses", "openai.chat-completions"],
    clearance: "restricted",
    actsAs: robot,
    privateAddress,
    actions: {
      ask: { model: "m-1", maxOutputTokens: 50_000 },
      deep: { model: "m-2", maxOutputTokens: 50_000 },
    },
  });
  const mail = Tool.http("mail", {
    url: at(HOSTS.mail),
    clearance: "restricted",
    untrustedOutput: false,
    actsAs: "user",
    privateAddress,
    actions: { read: { method: "GET", path: "/inbox" } },
  });
  const destination = (name: "metadata" | "rebound" | "twofold" | "unknown", isPrivate: boolean) =>
    Tool.http(name, {
      url: at(HOSTS[name]),
      clearance: "internal",
      untrustedOutput: false,
      actsAs: robot,
      ...(isPrivate && { privateAddress }),
      actions: { get: { method: "GET", path: "/" } },
    });
  const rebound = destination("rebound", false);
  const twofold = destination("twofold", false);
  const metadata = destination("metadata", true);
  const unknown = destination("unknown", false);

  class Clerk extends Agent.define("clerk", {
    owner: "office@acme.example",
    purpose: "Reads records and keeps notes of them",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: {
      work: {
        startedBy: "user",
        tools: [crm.allow("read", "latest", "find", "note")],
        data: [records.read()],
        budget: Budget.perRun(20, { of: crm.allow("note") }),
      },
      tell: {
        startedBy: "user",
        tools: [
          board.allow("post"),
          rebound.allow("get"),
          twofold.allow("get"),
          metadata.allow("get"),
          unknown.allow("get"),
        ],
      },
      read: { startedBy: "user", tools: [mail.allow("read")], budget: Budget.perRun(MAILS_PER_RUN) },
      chat: { startedBy: "user", tools: [llm.allow("ask")] },
      metered: {
        startedBy: "user",
        tools: [llm.allow("ask")],
        budget: Budget.tokens(TOKENS_PER_RUN, { per: "run" }),
      },
      first: {
        startedBy: "user",
        tools: [crm.allow("find", "note")],
        order: Order.of({ first: crm.allow("find"), then: crm.allow("note"), within: "run" }),
      },
    },
  }) {}

  class Payer extends Agent.define("payer", {
    owner: "office@acme.example",
    purpose: "Looks at pages and pays refunds",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: {
      browse: { startedBy: "user", tools: [web.allow("fetch")] },
      pay: {
        startedBy: "user",
        tools: [till.allow("refund")],
        budget: Budget.sum("amount", 1_000, { per: "run", of: till.allow("refund") }),
      },
      settle: { startedBy: "user", tools: [till.allow("refund")], approval: Approval.from(APPROVERS) },
    },
  }) {}

  class Other extends Agent.define("other", {
    owner: "office@acme.example",
    purpose: "Posts on the board and reads mail",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    tasks: {
      post: { startedBy: "user", tools: [board.allow("post")] },
      read: { startedBy: "user", tools: [mail.allow("read")] },
    },
  }) {}

  const others = Array.from({ length: bystanders }, (_, index) =>
    Agent.define(`other-${index}`, {
      owner: "office@acme.example",
      purpose: "Posts on the board",
      expires: "2027-06-30",
      workload: { namespace: "office" },
      tasks: { post: { startedBy: "user", tools: [board.allow("post")] } },
    }),
  );
  return Fleet.of(Clerk, Payer, Other, ...others);
}

/** What synth writes of it */
export function gatewayDocument(
  fleet: Fleet,
  { userIssuer, starterIssuer }: Issuers,
  people: PeopleProps | undefined = facts.people,
  others: readonly TokenIssuerProps[] = [],
): FleetDocument {
  const of = (issuer: string) => ({ issuer, jwksUri: `${issuer}/keys`, algorithms: ["ES256"] as const });
  const starter = { ...of(starterIssuer), starts: ["event", "schedule"] as const };
  const platform = new Platform({
    ...facts,
    issuers: [of(userIssuer), ...others],
    starters: [starter],
    ...(people !== undefined && { people }),
  });
  return {
    registry: JSON.parse(registryJson(registryDocument({ platform, fleet }))),
    policy: JSON.parse(policyTextOf(platform, fleet)),
  };
}
