import { Starter } from "../constructs";
import { PressWatcher } from "./agents/press-watcher";
import { ReleaseScribe } from "./agents/release-scribe";
import { github } from "./tools";

/** Every working day at seven in the morning */
export const workdays = Starter.schedule("workdays", {
  agent: PressWatcher,
  task: "watch",
  path: "/summary",
  at: "cron(0 7 ? * MON-FRI *)",
  timeZone: "Europe/Berlin",
  body: { topics: ["Acme", "Acme recall"] },
});

/** What the organisation's bus for its repositories tells of */
export const merged = Starter.event("merged", {
  agent: ReleaseScribe,
  task: "note",
  path: "/merged",
  from: {
    bus: "code",
    pattern: { source: ["acme.code"], "detail-type": ["pull_request"], detail: { action: ["merged"] } },
  },
  sources: [github],
});
