import { Fleet, Starter } from "../../constructs";
import type { EventProps, ScheduleProps } from "../../domain";
import { scheduleTime } from "../../domain/schedule-expression";
import schedules from "../cases/schedules.json";
import { define } from "../support/agents";
import { refusal } from "../support/domain";
import { Clerk, event, inbox, schedule, tracker } from "../support/starters";

describe("when a schedule starts something", () => {
  test.each(schedules.taken.map((row) => [row.at, row] as const))("%s is taken as it is", (at, row) => {
    const { timeZone } = row as { readonly timeZone?: string };
    expect(scheduleTime(at, timeZone, "starter")).toEqual({ expression: at, timeZone });
  });

  test.each(schedules.refused.map((row) => [`${row.at} ${"timeZone" in row ? row.timeZone : ""}`, row] as const))(
    "%s is refused",
    (_, row) => {
      const { at, timeZone, message } = row as {
        readonly at: string;
        readonly timeZone?: string;
        readonly message: string;
      };
      expect(() => scheduleTime(at, timeZone, "starter")).toThrow(`starter: ${message}`);
    },
  );
});

test("a starter of a schedule has its defaults settled", () => {
  expect(schedule()).toMatchObject({
    name: "nightly",
    target: "clerk.sweep",
    request: { method: "POST", path: "/sweep" },
    keys: ["1"],
    attempts: 5,
    host: undefined,
    occasion: { start: "schedule", time: { expression: "cron(0 4 * * ? *)", timeZone: "Europe/Berlin" }, body: {} },
  });
});

test("a starter of events listens at the default bus, and does not know what they tell of unless that is said", () => {
  expect(event().occasion).toMatchObject({
    start: "event",
    origin: { kind: "bus", bus: "default" },
    sources: undefined,
  });
  expect(event({ sources: [tracker, inbox] }).occasion).toMatchObject({
    sources: { datasets: [inbox], tools: [tracker] },
  });
  expect(event({ from: { senders: ["arn:aws:s3:::acme-inbox"] } }).occasion).toMatchObject({
    origin: { kind: "senders", senders: ["arn:aws:s3:::acme-inbox"] },
  });
});

const ONE = { source: ["aws.s3"] };
const deep = (levels: number): object => (levels === 0 ? { x: ["y"] } : { d: deep(levels - 1) });

const refusals: readonly [string, () => unknown, string, string][] = [
  [
    "its name does not fit into that of a function",
    () => Starter.schedule("a-name-that-is-much-too-long", {} as ScheduleProps),
    "name.malformed",
    "name must be lower-case letters, digits and inner hyphens, at most 24 characters",
  ],
  [
    "a property is misspelt",
    () => schedule({ timezone: "UTC" } as never),
    "property.unknown",
    'has no property "timezone"',
  ],
  ["the agent is none", () => schedule({ agent: {} as never }), "starter.malformed", "agent must be an agent's class"],
  [
    "the agent has no such task",
    () => schedule({ task: "sleep" }),
    "starter.unknown-task",
    'task must be one of agent "clerk", which has sweep, react, both, answer, hidden, got "sleep"',
  ],
  [
    "the task is not started by a schedule",
    () => schedule({ task: "react" }),
    "starter.not-accepted",
    'task "react" of agent "clerk" is started by event: add "schedule" to its startedBy',
  ],
  [
    "the task is not started by an event",
    () => event({ task: "sweep" }),
    "starter.not-accepted",
    'task "sweep" of agent "clerk" is started by schedule: add "event" to its startedBy',
  ],
  [
    "no way in serves the task at all",
    () => schedule({ task: "hidden" }),
    "starter.not-served",
    'no way in of agent "clerk" serves task "hidden" at path "/sweep": add serves: Serve.http({ … }) with "hidden" in its tasks to the agent',
  ],
  [
    "no way in has the path",
    () => schedule({ path: "/other" }),
    "starter.not-served",
    'at path "/other": write one of "/sweep", "/events/", or add it to paths of the way in',
  ],
  ["the path is none", () => schedule({ path: "sweep?x=1" }), "starter.malformed", "path must be a path of letters"],
  [
    "the method has no body",
    () => schedule({ method: "GET" as never }),
    "starter.malformed",
    'method must be POST or PUT, got "GET"',
  ],
  [
    "there is no key",
    () => schedule({ keys: [] }),
    "starter.malformed",
    "keys must list 1 to 3 different names, got []",
  ],
  [
    "a key stands twice",
    () => schedule({ keys: ["1", "1"] }),
    "starter.malformed",
    "keys must list 1 to 3 different names",
  ],
  ["a key's name is none", () => schedule({ keys: ["a/b"] }), "name.malformed", "keys must be lower-case letters"],
  [
    "it is tried too often",
    () => schedule({ attempts: 21 }),
    "starter.malformed",
    "attempts must be a whole number from 1 to 20, got 21",
  ],
  [
    "it is tried half a time",
    () => schedule({ attempts: 1.5 }),
    "starter.malformed",
    "attempts must be a whole number from 1 to 20, got 1.5",
  ],
  [
    "the body is too large",
    () => schedule({ body: "x".repeat(16_385) }),
    "starter.malformed",
    "body must be at most 16384 bytes of JSON, got 16387: let the agent read what is larger",
  ],
  [
    "the body is no JSON",
    () => schedule({ body: (() => 1) as never }),
    "starter.malformed",
    "body must be JSON, got the function",
  ],
  [
    "the body is known at apply",
    () => schedule({ body: { at: "${aws_x.y}" } }),
    "token",
    "body must be a plain value of JSON",
  ],
  [
    "it comes from nowhere",
    () => event({ from: undefined as never }),
    "starter.malformed",
    "from must be { pattern }, { senders } or { queue }, got nothing",
  ],
  [
    "the pattern is empty",
    () => event({ from: { pattern: {} } }),
    "starter.malformed",
    "from.pattern must be an object of fields of an event, got {}",
  ],
  [
    "the pattern names no source",
    () => event({ from: { pattern: { "detail-type": ["x"] } } }),
    "starter.malformed",
    "from.pattern.source must list whose events start the task, got nothing",
  ],
  [
    "the pattern takes every source",
    () => event({ from: { pattern: { source: [{ prefix: "" }] } } }),
    "starter.malformed",
    "from.pattern.source must list whose events start the task",
  ],
  [
    "the pattern names a field that no event has",
    () => event({ from: { pattern: { ...ONE, bucket: ["x"] } } }),
    "starter.malformed",
    'got "bucket": write what is the event\'s own below detail',
  ],
  [
    "the pattern looks for a text and not a list",
    () => event({ from: { pattern: { ...ONE, detail: { bucket: "x" } } } }),
    "starter.malformed",
    'from.pattern.detail.bucket must be a list that is not empty, or fields again, got "x"',
  ],
  [
    "the pattern is too deep",
    () => event({ from: { pattern: { ...ONE, detail: deep(9) as never } } }),
    "starter.malformed",
    "is nested more than 8 deep",
  ],
  [
    "the pattern is too long",
    () => event({ from: { pattern: { ...ONE, detail: { x: ["y".repeat(2_048)] } } } }),
    "starter.malformed",
    "from.pattern must be at most 2048 characters of JSON",
  ],
  [
    "the bus is an ARN",
    () => event({ from: { pattern: ONE, bus: "arn:aws:events:x" } }),
    "starter.malformed",
    "from.bus must be the name of a bus",
  ],
  [
    "there is a pattern and senders",
    () => event({ from: { senders: [], pattern: ONE } as never }),
    "property.unknown",
    'has no property "pattern"',
  ],
  [
    "no sender is named",
    () => event({ from: { senders: [] } }),
    "starter.malformed",
    "from.senders must list 1 to 10 ARNs",
  ],
  [
    "a sender is any bucket",
    () => event({ from: { senders: ["arn:aws:s3:::*"] } }),
    "starter.malformed",
    'from.senders must be exact ARNs of S3 buckets and SNS topics, got "arn:aws:s3:::*"',
  ],
  [
    "a sender is a role",
    () => event({ from: { senders: ["arn:aws:iam::111122223333:role/x"] } }),
    "starter.malformed",
    "from.senders must be exact ARNs",
  ],
  [
    "sources are an empty list",
    () => event({ sources: [] }),
    "starter.malformed",
    "sources must list datasets and tools, or be { outside: { reason } }, got []",
  ],
  [
    "sources are outside without a reason",
    () => event({ sources: { outside: { reason: " " } } }),
    "starter.malformed",
    "say in reason why no agent",
  ],
  [
    "sources are outside as a word",
    () => event({ sources: "outside" as never }),
    "starter.malformed",
    "sources must list datasets and tools",
  ],
  [
    "a source was made by hand",
    () => event({ sources: [{ name: "inbox" } as never] }),
    "value.foreign",
    "sources holds a value that was made by hand",
  ],
  [
    "two starters have one name",
    () => Fleet.of(Clerk).startedBy(schedule(), schedule()),
    "name.duplicate",
    "another starter has this name",
  ],
  [
    "its agent is not in the fleet",
    () => Fleet.of(define("other")).startedBy(schedule()),
    "starter.outside-fleet",
    'it starts agent "clerk", which is not in the fleet: add it to Fleet.of',
  ],
  [
    "something else is said to start",
    () => Fleet.of(Clerk).startedBy({} as never),
    "fleet.malformed",
    "startedBy takes what Starter.schedule(…)",
  ],
];

test.each(refusals)("fails when %s", (_, declare, code, message) => {
  expect(refusal(declare)).toEqual({ code, message: expect.stringContaining(message) });
});

test("a fleet has the same agents with starters, which are kept by name", () => {
  const fleet = Fleet.of(Clerk);
  const started = fleet.startedBy(schedule(), event());
  expect(fleet.starters).toEqual([]);
  expect(started.members).toEqual(fleet.members);
  expect(started.starters.map(({ name }) => name)).toEqual(["arrivals", "nightly"]);
});

test("a task's name is one of its agent's, for the compiler too", () => {
  const props: EventProps<"react" | "sweep"> = {
    agent: Clerk,
    // @ts-expect-error the agent has no such task
    task: "reakt",
    path: "/events/x",
    from: { pattern: ONE },
  };
  expect(() => Starter.event("arrivals", props)).toThrow("task must be one of");
});
