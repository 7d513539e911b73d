import fc from "fast-check";
import type { AgentDeclaration } from "../../domain";
import {
  Approval,
  Ceiling,
  DeclarationError,
  Delegation,
  Sensitivity,
  Ttl,
  type DataAccess,
  type Flow,
  type Start,
  type TaskSpec,
  type ToolGrant,
} from "../../domain";
import { agentOf, bucket, external, httpTool } from "../support/domain";

export const level = fc
  .constantFrom("public", "internal", "confidential", "restricted")
  .map((name) => Sensitivity.of(name as "public", "arbitrary"));

const setOf = (...values: readonly string[]) =>
  fc.option(
    fc.subarray([...values]).map((items) => new Set(items)),
    { nil: "any" as const, freq: 3 },
  );

export const ceiling = fc
  .record({
    actions: setOf("crm.get", "crm.put", "erp.get"),
    data: setOf("letters:read", "letters:write", "wiki:read"),
    sensitivity: level,
    ttl: fc.constantFrom(60, 300, 900, 3600).map((seconds) => Ttl.seconds(seconds)),
    depth: fc.integer({ min: 0, max: 3 }),
  })
  .map((bounds) => new Ceiling(bounds));

const places = fc.array(fc.record({ name: fc.constantFrom("a", "b", "c"), sensitivity: level }), { maxLength: 3 });
export const flow: fc.Arbitrary<Flow> = fc.record({
  reads: places,
  writes: places,
  tools: fc.array(fc.record({ name: fc.constantFrom("x", "y"), clearance: level, touches: places }), { maxLength: 3 }),
});

const inside = httpTool("crm", {
  untrustedOutput: false,
  actions: { get: { method: "GET", path: "/" }, wipe: { method: "DELETE", path: "/", impact: "high" } },
});
const outside = httpTool("web", {
  url: "https://web.example",
  actions: { get: { method: "GET", path: "/" }, post: { method: "POST", path: "/" } },
});
/** Domains in which `crm` lies and `web` does not */
export const OWN_DOMAINS = ["acme.example"];

const GRANTS: Readonly<Record<string, () => ToolGrant>> = {
  "crm.get": () => inside.allow("get"),
  "crm.wipe": () => inside.allow("wipe"),
  "crm.get+wipe": () => inside.allow("get", "wipe"),
  "web.get": () => outside.allow("get"),
  "web.post": () => outside.allow("post"),
  "web.get+post": () => outside.allow("get", "post"),
};
const DATA: Readonly<Record<string, DataAccess>> = {
  news: external("news", "public").read(),
  wiki: external("wiki", "internal").read(),
  tickets: external("tickets", "confidential").read(),
  orders: external("orders", "restricted").write(),
  logs: bucket("logs", "internal").read(),
};
export const DELEGATES: Readonly<Record<string, AgentDeclaration>> = {
  idle: agentOf({ tasks: { go: { startedBy: "delegation" } } }, "idle"),
  caller: agentOf({ tasks: { go: { startedBy: "delegation", tools: [outside.allow("get")] } } }, "caller"),
  reader: agentOf({ tasks: { go: { startedBy: "delegation", data: [DATA.logs as DataAccess] } } }, "reader"),
};

/** What one task of a generated agent has, by key of the tables above */
export interface TaskSketch {
  readonly startedBy: readonly Start[];
  /** For each tool the actions granted, such as `get+post` */
  readonly crm: "" | "get" | "wipe" | "get+wipe";
  readonly web: "" | "get" | "post" | "get+post";
  readonly data: readonly string[];
  readonly delegates: readonly string[];
  readonly approval: boolean;
}

const STARTS: readonly Start[] = ["user", "schedule", "event", "delegation", "agent"];

export const taskSketch: fc.Arbitrary<TaskSketch> = fc.record({
  startedBy: fc.subarray([...STARTS], { minLength: 1, maxLength: 2 }),
  crm: fc.constantFrom("", "get", "wipe", "get+wipe"),
  web: fc.constantFrom("", "get", "post", "get+post"),
  data: fc.subarray(Object.keys(DATA), { maxLength: 3 }),
  delegates: fc.subarray(Object.keys(DELEGATES)),
  approval: fc.boolean(),
});

/** The agent of the sketch, or undefined where the rules refuse it */
export function built(tasks: readonly TaskSketch[], name = "generated"): AgentDeclaration | undefined {
  try {
    return agentOf({ tasks: Object.fromEntries(tasks.map((task, index) => [`t${index}`, specOf(task)])) }, name);
  } catch (error) {
    if (error instanceof DeclarationError) return undefined;
    throw error;
  }
}

function specOf(task: TaskSketch): TaskSpec {
  const grants = [task.crm && `crm.${task.crm}`, task.web && `web.${task.web}`].filter((key) => key !== "");
  return {
    startedBy: task.startedBy,
    tools: grants.map((key) => (GRANTS[key] as () => ToolGrant)()),
    data: task.data.map((key) => DATA[key] as DataAccess),
    delegates: task.delegates.map((key) => Delegation.to(DELEGATES[key] as AgentDeclaration, "go")),
    ...(task.approval ? { approval: Approval.from("leads") } : {}),
  };
}

const joined = (left: string, right: string) =>
  [...new Set([...left.split("+"), ...right.split("+")].filter((part) => part !== ""))].sort().join("+");

/** A sketch, and the same with more rights or fewer controls: everything of `more` is added to it. */
export const gain = fc
  .record({ before: taskSketch, more: taskSketch, dropApproval: fc.boolean(), secondTask: fc.boolean() })
  .map(({ before, more, dropApproval, secondTask }) => {
    const after: TaskSketch = {
      startedBy: [...new Set([...before.startedBy, ...more.startedBy])],
      crm: joined(before.crm, more.crm) as TaskSketch["crm"],
      web: joined(before.web, more.web) as TaskSketch["web"],
      data: [...new Set([...before.data, ...more.data])],
      delegates: [...new Set([...before.delegates, ...more.delegates])],
      approval: before.approval && !dropApproval,
    };
    return { before: [before], after: secondTask ? [before, more] : [after] };
  });
