import { Dataset, Fleet, Tool } from "../../constructs";
import { type EventSources, Starter } from "../../domain";
import { refusal } from "../support/domain";
import { eventful, inbox, tracker } from "../support/starters";

const PLACE = { bucket: "acme-inbox", prefix: "in/", sensitivity: "internal", untrusted: true } as const;
const TRACKER = {
  url: "https://tracker.acme.example",
  clearance: "internal",
  actsAs: { service: "tracker-writer" },
  actions: { look: { method: "GET", path: "/issues/{id}" } },
} as const;

const clerk = () => eventful("clerk", { data: [inbox.write()], tools: [tracker.allow("open")] });

function started(sources: EventSources): Fleet {
  const agent = clerk();
  const from = { pattern: { source: ["shop.orders"] } };
  const task = "react" as never;
  return Fleet.of(agent).startedBy(
    Starter.event("arrivals", { agent: agent as never, task, path: "/in", from, sources }),
  );
}

test.each<[string, EventSources, string, string]>([
  [
    "the same bucket, declared again under its name",
    [Dataset.bucket("inbox", PLACE)],
    "name.duplicate",
    'dataset "inbox": sources of a starter hold a second declaration of this name: list the one that the agents are granted, or rename one',
  ],
  [
    "the same bucket under another name",
    [Dataset.bucket("arrivals", PLACE)],
    "dataset.overlap",
    'dataset "arrivals": it overlaps with dataset "inbox" in bucket "acme-inbox"',
  ],
  [
    "a part of the bucket",
    [Dataset.bucket("part", { ...PLACE, prefix: "in/today/" })],
    "dataset.overlap",
    'it overlaps with dataset "inbox" in bucket "acme-inbox"',
  ],
  [
    "the same tool, declared again under its name",
    [Tool.http("tracker", TRACKER)],
    "name.duplicate",
    'tool "tracker": sources of a starter hold a second declaration of this name',
  ],
  [
    "the same tool under another name",
    [Tool.http("watched", TRACKER)],
    "tool.overlap",
    "url https://tracker.acme.example overlaps with https://tracker.acme.example of tool",
  ],
])("fails when a starter's sources hold %s", (_, sources, code, message) => {
  expect(refusal(() => started(sources))).toEqual({ code, message: expect.stringContaining(message) });
});

test.each<[string, EventSources]>([
  ["what the agents are granted", [inbox, tracker]],
  ["another part of the bucket", [Dataset.bucket("other", { ...PLACE, prefix: "other/" })]],
  ["a tool elsewhere", [Tool.http("shop", { ...TRACKER, url: "https://shop.acme.example" })]],
])("a starter's sources may hold %s", (_, sources) => {
  expect(() => started(sources)).not.toThrow();
});
