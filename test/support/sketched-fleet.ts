import {
  type AgentDeclaration,
  type AgentSpec,
  Approval,
  type DataAccess,
  Dataset,
  Delegation,
  Fleet,
  type SensitivityName,
  type Start,
  type TaskSpec,
  type ToolGrant,
} from "../../domain";
import { agentOf, httpTool } from "./domain";

/** A fleet in a few words, for decision tables: agents by name, each after those that it delegates to */
export type FleetSketch = Readonly<Record<string, AgentSketch>>;

export interface AgentSketch {
  readonly memory?: string;
  readonly credentials?: string;
  readonly tasks: Readonly<Record<string, TaskSketch>>;
}

export interface TaskSketch {
  readonly startedBy: readonly string[];
  /** Words of {@link TOOLS} and `<dataset>:<kind>` of {@link DATA} */
  readonly has?: readonly string[];
  readonly approved?: boolean;
  readonly delegates?: readonly { readonly to: string; readonly depth?: number; readonly data?: readonly string[] }[];
}

const bucket = (name: string, sensitivity: SensitivityName, untrusted: boolean) =>
  Dataset.bucket(name, { bucket: `acme-${name}`, prefix: "in/", sensitivity, untrusted });

/** `mails`, `drafts` and `log` hold words of strangers; `letters` too, behind the tool `post` */
const mails = bucket("mails", "internal", true);
const drafts = bucket("drafts", "internal", true);
const log = Dataset.table("log", { table: "log", sensitivity: "internal", untrusted: true });
const letters = Dataset.external("letters", { sensitivity: "internal", untrusted: true });
const notes = bucket("notes", "internal", false);
const site = bucket("site", "public", false);
const books = Dataset.external("books", { sensitivity: "internal" });
const jobs = Dataset.external("jobs", { sensitivity: "internal" });
const cases = Dataset.external("cases", { sensitivity: "internal" });

const DATA: Readonly<Record<string, DataAccess>> = {
  "mails:read": mails.read(),
  "mails:list": mails.list(),
  "drafts:write": drafts.write(),
  "drafts:delete": drafts.delete(),
  "log:write": log.write(),
  "letters:read": letters.read(),
  "letters:write": letters.write(),
  "notes:read": notes.read(),
  "notes:write": notes.write(),
  "notes:delete": notes.delete(),
  "site:write": site.write(),
  "books:read": books.read(),
  "jobs:write": jobs.write(),
  "cases:write": cases.write(),
};

const trusted = { untrustedOutput: false } as const;

const web = httpTool("web");
const desk = httpTool("desk", trusted);
const post = httpTool("post", {
  ...trusted,
  actions: {
    read: { method: "GET", path: "/", touches: [letters.read()] },
    send: { method: "POST", path: "/", touches: [letters.write()] },
    close: { method: "PUT", path: "/", touches: [cases.write()] },
  },
});
const board = httpTool("board", {
  ...trusted,
  url: "https://board.example",
  clearance: "public",
  actions: { show: { method: "GET", path: "/" }, post: { method: "POST", path: "/" } },
});

const bank = httpTool("bank", {
  ...trusted,
  actions: { pay: { method: "POST", path: "/", impact: "high" } },
});

/** `wiki` names no data, `shelf` only what it reads, and the answers of both count as trusted */
const wiki = httpTool("wiki", {
  ...trusted,
  actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } },
});
const shelf = httpTool("shelf", {
  ...trusted,
  actions: {
    get: { method: "GET", path: "/", touches: [books.read()] },
    put: { method: "PUT", path: "/", touches: [books.read()] },
  },
});
/** `queue` is untrusted: each of its answers is */
const queue = httpTool("queue", { actions: { push: { method: "POST", path: "/", touches: [jobs.write()] } } });

const TOOLS: Readonly<Record<string, ToolGrant>> = {
  web: web.allow("get"),
  desk: desk.allow("get"),
  "post.read": post.allow("read"),
  "post.send": post.allow("send"),
  "post.close": post.allow("close"),
  "wiki.get": wiki.allow("get"),
  "wiki.put": wiki.allow("put"),
  "shelf.get": shelf.allow("get"),
  "shelf.put": shelf.allow("put"),
  "queue.push": queue.allow("push"),
  "bank.pay": bank.allow("pay"),
  "board.show": board.allow("show"),
  "board.post": board.allow("post"),
};
/** @throws DeclarationError where the rules refuse it */
export function sketched(sketch: FleetSketch): Fleet {
  const agents = new Map<string, AgentDeclaration>();
  for (const [name, { memory, credentials, tasks }] of Object.entries(sketch)) {
    const spec = {
      ...(memory === undefined ? {} : { memory }),
      ...(credentials === undefined ? {} : { credentials: { federated: credentials } }),
      tasks: Object.fromEntries(Object.entries(tasks).map(([task, of]) => [task, taskOf(of, agents)])),
    };
    agents.set(name, agentOf(spec as Partial<AgentSpec>, name));
  }
  return Fleet.of(...[...agents.values()].map((declaration) => ({ declaration })));
}

function taskOf(sketch: TaskSketch, agents: ReadonlyMap<string, AgentDeclaration>): TaskSpec {
  const { startedBy, has = [], approved, delegates = [] } = sketch;
  return {
    startedBy: startedBy as readonly Start[],
    tools: has.filter((word) => !word.includes(":")).map((word) => named(TOOLS, word)),
    data: has.filter((word) => word.includes(":")).map((word) => named(DATA, word)),
    delegates: delegates.map(({ to, depth, data }) => {
      const [agent = "", task = ""] = to.split(".");
      const props = {
        ...(depth === undefined ? {} : { depth }),
        ...(data === undefined ? {} : { data: data.map((word) => named(DATA, word)) }),
      };
      return Delegation.to(agents.get(agent) as AgentDeclaration, task, props);
    }),
    ...(approved === true && { approval: Approval.from("leads") }),
  };
}

function named<T>(table: Readonly<Record<string, T>>, word: string): T {
  const found = table[word];
  if (found === undefined) throw new Error(`no tool or data is called ${word}`);
  return found;
}
