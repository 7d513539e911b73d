import { Agent, type AgentSpec, Dataset, Tool } from "../../constructs";
import { servingDelegates } from "./served";

/** A valid agent without AWS data; `changes` make it what a test needs. */
export function specWith(changes: Partial<AgentSpec> = {}): AgentSpec {
  return {
    owner: "team@acme.example",
    purpose: "Shows one behaviour in a test",
    expires: "2027-06-30",
    workload: { namespace: "apps" },
    tasks: { look: { startedBy: "user", tools: [notes.allow("read")] } },
    ...servingDelegates(changes.tasks),
    ...changes,
  };
}

export const define = (name: string, changes: Partial<AgentSpec> = {}) => Agent.define(name, specWith(changes));

export const notes = Tool.http("notes", {
  url: "https://notes.acme.example",
  clearance: "confidential",
  actions: { read: { method: "GET", path: "/notes/{id}" } },
});

export const KEY = "arn:aws:kms:eu-central-1:111122223333:key/0e0e0e0e-0000-4000-8000-000000000001";

export const pages = Dataset.bucket("pages", { bucket: "acme-pages", prefix: "public/", sensitivity: "internal" });
export const sealed = Dataset.bucket("sealed", {
  bucket: "acme-sealed",
  prefix: "in/",
  key: KEY,
  sensitivity: "internal",
});
export const rows = Dataset.table("rows", { table: "rows", key: KEY, indexes: ["by-day"], sensitivity: "internal" });
export const ownRows = Dataset.table("own-rows", { table: "own-rows", boundTo: "agent", sensitivity: "internal" });
export const userRows = Dataset.table("user-rows", {
  table: "user-rows",
  boundTo: "user",
  sensitivity: "confidential",
});
export const password = Dataset.secret("password", { secret: "apps/login", sensitivity: "internal" });
