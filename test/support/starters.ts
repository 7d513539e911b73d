import { Agent, Dataset, Serve, Starter, Tool } from "../../constructs";
import type { EventProps, ScheduleProps } from "../../domain";
import { define } from "./agents";

const levels = { sensitivity: "internal", clearance: "internal" } as const;

export const inbox = Dataset.bucket("inbox", {
  bucket: "acme-inbox",
  prefix: "in/",
  sensitivity: "internal",
  untrusted: true,
});

export const tracker = Tool.http("tracker", {
  url: "https://tracker.acme.example",
  clearance: "internal",
  actsAs: { service: "tracker-writer" },
  actions: {
    look: { method: "GET", path: "/issues/{id}" },
    open: {
      method: "POST",
      path: "/issues",
      body: {
        type: "object",
        additionalProperties: false,
        required: ["title"],
        properties: { title: { type: "string" } },
      },
      outward: { is: false, reason: "the tracker is the organisation's own" },
    },
  },
});

/** Is started by schedule and by event, and writes nothing */
export class Clerk extends Agent.define("clerk", {
  owner: "team@acme.example",
  purpose: "Shows what starters start",
  expires: "2027-06-30",
  workload: { namespace: "apps" },
  tasks: {
    sweep: { startedBy: "schedule" },
    react: { startedBy: "event", data: [inbox.read()] },
    both: { startedBy: ["schedule", "event"] },
    answer: { startedBy: "user" },
    hidden: { startedBy: ["schedule", "event"] },
  },
  serves: [
    Serve.http({ ...levels, port: 8_080, paths: ["/sweep", "/events/"], tasks: ["sweep", "react", "both", "answer"] }),
  ],
}) {}

/** Serves one task that an event starts, with what a test gives it besides */
export const eventful = (name: string, task: object = {}, tasks: object = {}) =>
  define(name, {
    tasks: { react: { startedBy: "event", ...task }, ...tasks } as never,
    serves: Serve.http({ ...levels, port: 8_080, paths: ["/"], tasks: ["react"] as never }),
  });

export const schedule = (changes: Partial<ScheduleProps> = {}): Starter =>
  Starter.schedule("nightly", {
    agent: Clerk as never,
    task: "sweep",
    path: "/sweep",
    at: "cron(0 4 * * ? *)",
    timeZone: "Europe/Berlin",
    ...changes,
  });

export const event = (changes: Partial<EventProps> = {}): Starter =>
  Starter.event("arrivals", {
    agent: Clerk as never,
    task: "react",
    path: "/events/inbox",
    from: { pattern: { source: ["aws.s3"], "detail-type": ["Object Created"] } },
    ...changes,
  });
