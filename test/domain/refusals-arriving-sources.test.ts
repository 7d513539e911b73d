import { Dataset, Serve, Tool } from "../../constructs";
import { type EventSources, Starter } from "../../domain";
import { define } from "../support/agents";
import { refusal } from "../support/domain";
import { tracker } from "../support/starters";

const bucket = (name: string, sensitivity: "confidential" | "internal", untrusted: boolean) =>
  Dataset.bucket(name, { bucket: `acme-${name}`, prefix: "in/", sensitivity, untrusted });
const secret = bucket("secret", "confidential", false);
const letters = bucket("letters", "internal", true);
const orders = bucket("orders", "internal", false);
const records = Dataset.external("records", { sensitivity: "confidential" });
const archive = Tool.http("archive", {
  url: "https://archive.acme.example",
  clearance: "confidential",
  actsAs: { service: "archive-reader" },
  untrustedOutput: false,
  actions: { look: { method: "GET", path: "/records/{id}", touches: [records.read()] } },
});

function started(sources: EventSources, untrusted: boolean | undefined): Starter {
  const levels = { sensitivity: "internal", clearance: "confidential" } as const;
  const way = { ...levels, ...(untrusted !== undefined && { untrusted }) };
  const agent = define("clerk", {
    tasks: { react: { startedBy: "event" } } as never,
    serves: Serve.http({ ...way, port: 8_080, paths: ["/"], tasks: ["react"] as never }),
  });
  const from = { pattern: { source: ["shop.orders"] } };
  return Starter.event("arrivals", { agent: agent as never, task: "react" as never, path: "/in", from, sources });
}

test.each<[string, EventSources, boolean | undefined, string]>([
  [
    "data above its way in",
    [secret],
    undefined,
    'sources hold dataset "secret", which is confidential, and way in "http" says internal: raise its sensitivity, or leave the source out',
  ],
  [
    "a tool before data above its way in",
    [archive],
    undefined,
    'sources hold dataset "records", which is confidential, and way in "http" says internal',
  ],
  [
    "untrusted data, and its way in says that nothing untrusted arrives",
    [orders, letters],
    false,
    'sources hold dataset "letters", which is untrusted, and way in "http" says untrusted false: leave untrusted out there, or leave the source out',
  ],
  [
    "a tool of untrusted output, and its way in says that nothing untrusted arrives",
    [tracker],
    false,
    'sources hold tool "tracker", which is untrusted, and way in "http" says untrusted false',
  ],
])("fails when a starter's sources hold %s", (_, sources, untrusted, message) => {
  expect(refusal(() => started(sources, untrusted))).toEqual({
    code: "starter.above-way",
    message: expect.stringContaining(message),
  });
});

test.each<[string, EventSources, boolean | undefined]>([
  ["what its way in covers", [orders], false],
  ["untrusted data, where its way in taints by default", [letters, tracker], undefined],
  ["untrusted data, where its way in says that it taints", [letters], true],
  ["nothing of the fleet", { outside: { reason: "a partner sends them" } }, false],
])("a starter's sources may hold %s", (_, sources, untrusted) => {
  expect(() => started(sources, untrusted)).not.toThrow();
});
