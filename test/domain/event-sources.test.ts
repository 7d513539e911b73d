import { type Agent, Dataset, Fleet, type Starter } from "../../constructs";
import {
  type EventOrigin,
  type EventSources as DeclaredSources,
  registryOf,
  Starter as Starters,
  TrustDomain,
} from "../../domain";
import { define, specWith } from "../support/agents";
import { eventful, inbox, tracker } from "../support/starters";
import { CLOCK } from "../support/synth";
import { servingDelegates } from "../support/served";

const outbox = Dataset.bucket("outbox", {
  bucket: "acme-outbox",
  prefix: "out/",
  sensitivity: "internal",
  untrusted: true,
});

const secrets = Dataset.bucket("secrets", {
  bucket: "acme-secrets",
  prefix: "s/",
  sensitivity: "internal",
  untrusted: true,
});

const facts = {
  trustDomain: TrustDomain.of("prod.acme.example", "test"),
  clock: CLOCK,
  domains: ["acme.example"],
  trust: { issuers: [], starters: [] },
};
const ISSUER = "https://arrivals.starters.prod.acme.example";

const ORDERS: EventOrigin = { pattern: { source: ["shop.orders"] } };

type Member = typeof Agent & { readonly declaration: never };

const starterOf = (
  agent: unknown,
  sources: DeclaredSources | undefined,
  from: EventOrigin = ORDERS,
  name = "arrivals",
): Starter =>
  Starters.event(name, {
    agent: agent as never,
    task: "react" as never,
    path: "/inbox",
    from,
    ...(sources !== undefined && { sources }),
  });

/** Issuers whose events begin a clean session of the first agent's task */
function cleanEvents(members: readonly unknown[], starter: Starter, ...others: readonly Starter[]): readonly string[] {
  const fleet = Fleet.of(...(members as Member[])).startedBy(starter, ...others);
  return registryOf(fleet, facts).agents[starter.agent.name]?.tasks.react?.cleanEvents ?? [];
}

const outside = { outside: { reason: "a partner's system sends them, which no agent calls" } };

describe("an event begins a clean session", () => {
  test("where no agent writes what it tells of", () => {
    const clerk = eventful("clerk", { data: [inbox.read()] });
    expect(cleanEvents([clerk, define("other")], starterOf(clerk, [inbox]))).toEqual([ISSUER]);
  });

  test("where another agent writes it, and nothing leads from this one to that", () => {
    const clerk = eventful("clerk", { data: [inbox.read()] });
    const writer = define("writer", { tasks: { write: { startedBy: "user", data: [inbox.write()] } } });
    expect(cleanEvents([clerk, writer], starterOf(clerk, [inbox]))).toEqual([ISSUER]);
  });

  test("where it is said with a reason that no agent brings it about", () => {
    const clerk = eventful("clerk", { data: [inbox.read(), inbox.write()] });
    expect(cleanEvents([clerk], starterOf(clerk, outside))).toEqual([ISSUER]);
  });

  test("where the agent calls the tool that it comes from for reading alone", () => {
    const clerk = eventful("clerk", { tools: [tracker.allow("look")] });
    expect(cleanEvents([clerk], starterOf(clerk, [tracker]))).toEqual([ISSUER]);
  });
});

describe("an event inherits all that the agent has held", () => {
  test("where it is not known what it tells of", () => {
    const clerk = eventful("clerk");
    expect(cleanEvents([clerk], starterOf(clerk, undefined))).toEqual([]);
  });

  test("where the started task writes it", () => {
    const clerk = eventful("clerk", { data: [inbox.read(), inbox.write()] });
    expect(cleanEvents([clerk], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where another task of the agent writes it", () => {
    const clerk = eventful("clerk", {}, { file: { startedBy: "user", data: [inbox.write()] } });
    expect(cleanEvents([clerk], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where the agent only deletes there, which is an event too", () => {
    const clerk = eventful("clerk", {}, { tidy: { startedBy: "user", data: [inbox.delete()] } });
    expect(cleanEvents([clerk], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where the agent writes at the tool that it comes from", () => {
    const clerk = eventful("clerk", { tools: [tracker.allow("look", "open")] });
    expect(cleanEvents([clerk], starterOf(clerk, [tracker]))).toEqual([]);
  });

  test("where the bucket that sends it is written by the agent, even if declared outside", () => {
    const clerk = eventful("clerk", {}, { file: { startedBy: "user", data: [inbox.write()] } });
    const sent = (bucket: string) => starterOf(clerk, outside, { senders: [`arn:aws:s3:::${bucket}`] });
    expect(cleanEvents([clerk], sent("acme-inbox"))).toEqual([]);
    expect(cleanEvents([clerk], sent("acme-other"))).toEqual([ISSUER]);
  });

  test.each<[string, object, boolean]>([
    ["names that bucket", { source: ["aws.s3"], detail: { bucket: { name: ["acme-inbox"] } } }, true],
    ["names another bucket", { source: ["aws.s3"], detail: { bucket: { name: ["acme-other"] } } }, false],
    ["names buckets by how they begin", { source: ["aws.s3"], detail: { bucket: { name: [{ prefix: "x" }] } } }, true],
    ["names no bucket", { source: ["shop", "aws.s3"], detail: { object: { key: ["a"] } } }, true],
    ["is of no bucket", { source: ["shop"], detail: { bucket: { name: ["acme-inbox"] } } }, false],
  ])("where a pattern of a bus %s, which the agent writes, also where sources omit it", (_, pattern, inherits) => {
    const clerk = eventful("clerk", {}, { file: { startedBy: "user", data: [inbox.write()] } });
    const found = cleanEvents([clerk], starterOf(clerk, outside, { pattern } as EventOrigin));
    expect(found).toEqual(inherits ? [] : [ISSUER]);
  });

  test.each([
    ["aws.dynamodb", true],
    ["aws.secretsmanager", false],
    ["shop", false],
  ])(
    "where a pattern takes events of %s, and the agent writes to a table, also where sources omit it",
    (source, inherits) => {
      const notes = Dataset.table("notes", { table: "acme-notes", sensitivity: "internal", untrusted: true });
      const clerk = eventful("clerk", { data: [notes.write()] });
      const found = cleanEvents([clerk], starterOf(clerk, outside, { pattern: { source: [source] } }));
      expect(found).toEqual(inherits ? [] : [ISSUER]);
    },
  );

  const writing = { tasks: { write: { startedBy: "delegation", data: [inbox.write()] } } } as const;

  test("where an agent writes it that it hands work to", () => {
    const writer = define("writer", { ...writing, ...servingDelegates(writing.tasks) });
    const clerk = eventful("clerk", { delegates: [writer.task("write")] });
    expect(cleanEvents([clerk, writer], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where an agent writes it that hands work to it, and gets its answers", () => {
    const clerk = eventful("clerk", { startedBy: ["event", "delegation"] });
    const boss = define("boss", {
      tasks: { ask: { startedBy: "user", data: [inbox.write()], delegates: [clerk.task("react" as never)] } },
    });
    expect(cleanEvents([clerk, boss], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where an agent writes it that reads what this one writes", () => {
    const clerk = eventful("clerk", { data: [outbox.write()] });
    const copier = define("copier", {
      ...specWith(),
      tasks: { copy: { startedBy: "schedule", data: [outbox.read(), inbox.write()] } },
    });
    expect(cleanEvents([clerk, copier], starterOf(clerk, [inbox]))).toEqual([]);
  });

  test("where an agent writes it that writes to a table as this one does: a refused write shows what is there", () => {
    const notes = Dataset.table("notes", { table: "acme-notes", sensitivity: "internal", untrusted: true });
    const clerk = eventful("clerk", { data: [notes.write()] });
    const copy = { startedBy: "schedule", data: [notes.write(), inbox.write()] } as const;
    const copier = define("copier", { ...specWith(), tasks: { copy } });
    expect(cleanEvents([clerk, copier], starterOf(clerk, [inbox]))).toEqual([]);
  });

  const courier = eventful("courier", { data: [inbox.write()] });
  const post = (sources?: DeclaredSources, from?: EventOrigin) => starterOf(courier, sources, from, "post");

  test.each<[string, Starter, boolean]>([
    ["by what this one writes", post([outbox]), true],
    ["by the bucket into which this one writes", post(outside, { senders: ["arn:aws:s3:::acme-outbox"] }), true],
    ["by events of which it is not known what they tell", post(), true],
    ["by a bucket that sends, and no more is known", post(undefined, { senders: ["arn:aws:s3:::acme-x"] }), true],
    ["by what no agent writes", post([tracker]), false],
    ["from outside", post(outside), false],
  ])("where an agent writes it that is started %s", (_, other, inherits) => {
    const clerk = eventful("clerk", { data: [outbox.write()] });
    expect(cleanEvents([clerk, courier], starterOf(clerk, [inbox]), other)).toEqual(inherits ? [] : [ISSUER]);
  });

  test("but not where an agent that writes it is started by unknown events, and this one writes nowhere", () => {
    const clerk = eventful("clerk", { data: [outbox.read()] });
    expect(cleanEvents([clerk, courier], starterOf(clerk, [inbox]), post())).toEqual([ISSUER]);
  });
});

test("the registry says where an own starter's keys are, what it may start, and what its events tell of", () => {
  const clerk = eventful("clerk", { data: [inbox.read()] });
  const fleet = Fleet.of(clerk).startedBy(starterOf(clerk, [tracker, inbox]));
  const { trust } = registryOf(fleet, { ...facts, keyAlias: (use) => `alias/ambit/prod/${use}` });
  expect(trust.starters).toEqual([
    {
      issuer: ISSUER,
      kms: ["alias/ambit/prod/starter/arrivals/1"],
      algorithms: ["ES256"],
      starts: ["event"],
      tasks: ["clerk.react"],
      sources: ["dataset:inbox", "tool:tracker"],
    },
  ]);
});

test("of a starter of the platform the events are clean for each task of which the sources are no agent's own", () => {
  const issuer = "https://hooks.acme.example";
  const starter = { issuer, jwksUri: `${issuer}/keys`, algorithms: ["ES256"], starts: ["event"] as const };
  const clerk = eventful("clerk");
  const scribe = eventful("scribe", { data: [inbox.read(), inbox.write()] });
  const registry = (sources?: { readonly datasets: readonly Dataset[]; readonly tools: readonly [] }) =>
    registryOf(Fleet.of(clerk, scribe), {
      ...facts,
      trust: { issuers: [], starters: [starter] },
      ...(sources !== undefined && { eventSources: new Map([[issuer, sources]]) }),
    });
  const clean = ({ agents }: ReturnType<typeof registry>) =>
    Object.values(agents).map(({ tasks }) => tasks.react?.cleanEvents);
  expect(clean(registry())).toEqual([undefined, undefined]);
  expect(clean(registry({ datasets: [inbox], tools: [] }))).toEqual([[issuer], undefined]);
});

describe("an agent that the platform's starters start", () => {
  const issuer = "https://hooks.acme.example";
  const clerk = eventful("clerk", { data: [outbox.write()] });
  const courier = eventful("courier", { data: [inbox.write()] });
  const asked = define("courier", { tasks: { copy: { startedBy: "user", data: [inbox.write()] } } });
  const registry = (other: unknown, starts: "event" | "schedule", sources: readonly Dataset[] | undefined) =>
    registryOf(Fleet.of(...([clerk, other] as Member[])).startedBy(starterOf(clerk, [inbox])), {
      ...facts,
      trust: {
        issuers: [],
        starters: [{ issuer, jwksUri: `${issuer}/keys`, algorithms: ["ES256"], starts: [starts] }],
      },
      ...(sources !== undefined && { eventSources: new Map([[issuer, { datasets: sources, tools: [] }]]) }),
    }).agents.clerk?.tasks.react?.cleanEvents ?? [];

  test.each<[string, readonly Dataset[] | undefined, boolean]>([
    ["is told of what their events tell of", [outbox], true],
    ["may be told of all that is written, where they do not say of what", undefined, true],
    ["is told of nothing else", [secrets], false],
  ])("%s", (_, sources, inherits) => {
    expect(registry(courier, "event", sources).includes(ISSUER)).toBe(!inherits);
  });

  test("is one of which events start a task, and of starters of events", () => {
    expect(registry(asked, "event", undefined)).toContain(ISSUER);
    expect(registry(courier, "schedule", undefined)).toContain(ISSUER);
  });
});

test("of a starter of the platform that proves schedules too, what a schedule starts is looked at as what an event does", () => {
  const issuer = "https://hooks.acme.example";
  const platform = (starts: readonly ("event" | "schedule")[]) => ({
    ...facts,
    trust: { issuers: [], starters: [{ issuer, jwksUri: `${issuer}/keys`, algorithms: ["ES256"], starts }] },
    eventSources: new Map([[issuer, { datasets: [inbox], tools: [] }]]),
  });
  const swept = (data: readonly unknown[]) =>
    define("clerk", { ...specWith(), tasks: { sweep: { startedBy: "schedule", data } } as never });
  const clean = (agent: unknown, ...starts: readonly ("event" | "schedule")[]) =>
    registryOf(Fleet.of(agent as Member), platform(starts)).agents.clerk?.tasks.sweep?.cleanEvents;
  expect(clean(swept([]), "event", "schedule")).toEqual([issuer]);
  expect(clean(swept([]), "event")).toBeUndefined();
  expect(clean(swept([inbox.write()]), "event", "schedule")).toBeUndefined();
});
