import { readFileSync } from "node:fs";
import fc from "fast-check";
import { CalendarDate, dnsLabel, fixedClock, isToken, Sensitivity, SpiffeId, systemClock } from "../../domain";
import {
  Dataset,
  declaredAt,
  DeclarationError,
  rememberSource,
  sourceOf,
  Tool,
  TrustDomain,
  Ttl,
  type TtlInput,
} from "../../domain";
import { shown } from "../../domain";
import { agentOf, bucket, external, NUMBER_TOKEN, TOKEN, taskOf } from "../support/domain";
import { level } from "./arbitrary";
import { depth } from "../support/depth";

describe("a duration", () => {
  test("is printed as it may be written", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
        const ttl = Ttl.seconds(seconds);
        expect(Ttl.from(`${ttl}` as TtlInput, "test", "ttl").seconds).toBe(seconds);
      }),
    ));
  test.each([
    [1, "1s"],
    [90, "90s"],
    [300, "5m"],
    [3600, "1h"],
    [5400, "90m"],
    [86_400, "24h"],
  ])("%d seconds are %s", (seconds, text) => expect(`${Ttl.seconds(seconds)}`).toBe(text));
  test("minutes and hours are seconds", () => {
    expect([Ttl.minutes(1.5).seconds, Ttl.hours(2).seconds]).toEqual([90, 7200]);
  });
  test("the shorter of two", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (a, b) => {
        expect(Ttl.seconds(a).min(Ttl.seconds(b)).seconds).toBe(Math.min(a, b));
      }),
    ));
});

describe("a SPIFFE ID", () => {
  const domain = fc.stringMatching(/^[a-z0-9._-]{1,40}$/);
  const segment = fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/).filter((text) => text !== "." && text !== "..");
  test("is printed as it was read", () =>
    fc.assert(
      fc.property(domain, fc.array(segment, { minLength: 1, maxLength: 5 }), (trustDomain, path) => {
        const text = `spiffe://${trustDomain}/${path.join("/")}`;
        const id = SpiffeId.parse(text, "test");
        expect([`${id}`, id.trustDomain.name, id.path]).toEqual([text, trustDomain, `/${path.join("/")}`]);
      }),
    ));
  test("names a service account", () => {
    const trustDomain = TrustDomain.of("prod.acme.example", "test");
    expect(`${SpiffeId.ofServiceAccount(trustDomain, "support", "bot")}`).toBe(
      "spiffe://prod.acme.example/ns/support/sa/bot",
    );
    const agent = agentOf({ workload: { namespace: "support", serviceAccount: "bot" } });
    expect(`${agent.spiffeId(trustDomain)}`).toBe("spiffe://prod.acme.example/ns/support/sa/bot");
  });
});

describe("a day", () => {
  const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const two = (value: number) => String(value).padStart(2, "0");
  test("exists exactly where the calendar has it", () =>
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
        const length = month === 2 && leap ? 29 : (LENGTHS[month - 1] ?? 0);
        const text = `${year}-${two(month)}-${two(day)}`;
        const read = () => CalendarDate.of(text, "test", "day");
        if (day < 1 || day > length) expect(read).toThrow(DeclarationError);
        else expect(`${read()}`).toBe(text);
      }),
      { numRuns: depth(500) },
    ));
  test("comes at its first instant in UTC and stays", () =>
    fc.assert(
      fc.property(fc.integer({ min: -2e9, max: 2e9 }), (offset) => {
        const day = CalendarDate.of("2027-06-30", "test", "day");
        expect(day.hasCome(new Date(day.instant + offset))).toBe(offset >= 0);
      }),
    ));
  test("is as many days away as midnights lie between", () => {
    const day = CalendarDate.of("2027-06-30", "test", "day");
    expect(day.timestamp).toBe("2027-06-30T00:00:00Z");
    expect(
      ["2027-06-29T00:00:00Z", "2027-06-29T23:59:59Z", "2027-06-30T00:00:00Z", "2027-07-01T00:00:00Z"].map((now) =>
        day.daysFrom(new Date(now)),
      ),
    ).toEqual([1, 1, 0, -1]);
  });
});

describe("a clock", () => {
  test("stands still at midnight", () =>
    expect(fixedClock("2026-11-24").now()).toEqual(new Date("2026-11-24T00:00:00Z")));
  test("cannot be moved by its reader", () => {
    const clock = fixedClock("2026-11-24");
    clock.now().setFullYear(2030);
    expect(clock.now().getUTCFullYear()).toBe(2026);
  });
  test("runs with the machine otherwise", () => {
    const [before, now, after] = [Date.now(), systemClock.now().getTime(), Date.now()];
    expect([before <= now, now <= after]).toEqual([true, true]);
  });

  const state = (expires: `20${number}-06-30`, suspended: boolean) => {
    const agent = agentOf({ expires, suspended });
    const clock = fixedClock("2027-06-30");
    return [agent.state(clock), agent.isSuspended(clock)];
  };
  test("decides what an agent may do", () => {
    expect(state("2028-06-30", false)).toEqual(["active", false]);
    expect(state("2028-06-30", true)).toEqual(["suspended", true]);
    expect(state("2027-06-30", false)).toEqual(["expired", true]);
    expect(state("2026-06-30", true)).toEqual(["expired", true]);
  });
});

describe("sensitivity", () => {
  test("has one order", () => {
    const names = ["public", "internal", "confidential", "restricted"] as const;
    const levels = names.map((name) => Sensitivity.of(name, "test"));
    expect(levels.map((one) => levels.map((other) => one.covers(other)))).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
      [true, true, true, true],
    ]);
    expect(levels.map((one) => one.isConfidential)).toEqual([false, false, true, true]);
  });
  test("none is public at most and restricted at least", () => {
    expect([Sensitivity.highest([]).name, Sensitivity.lowest([]).name]).toEqual(["public", "restricted"]);
  });
  test("the highest covers all and is one of them, the lowest is covered by all", () =>
    fc.assert(
      fc.property(fc.array(level, { minLength: 1 }), (levels) => {
        const [highest, lowest] = [Sensitivity.highest(levels), Sensitivity.lowest(levels)];
        expect(levels).toEqual(expect.arrayContaining([highest, lowest]));
        expect(levels.every((one) => highest.covers(one) && one.covers(lowest))).toBe(true);
      }),
    ));
});

describe("data of a task", () => {
  test("kinds of one dataset are one access", () => {
    const logs = bucket("logs");
    expect(taskOf({ data: [logs.list(), logs.readWrite()] }).data.map(String)).toEqual(["logs (list, read, write)"]);
  });
  test.each([
    ["read", true, false],
    ["list", true, false],
    ["write", false, true],
    ["readWrite", true, true],
    ["delete", false, true],
  ] as const)("%s reads: %s, writes: %s", (method, reads, writes) => {
    expect(bucket("logs")[method]()).toMatchObject({ reads, writes });
  });
  test("the highest read is no write", () => {
    const task = taskOf({
      data: [external("wiki").read(), external("orders", "restricted").write(), bucket("logs").list()],
    });
    expect([task.highestRead.name, task.highestSensitivity.name]).toEqual(["internal", "restricted"]);
    expect(task.awsData.map(String)).toEqual(["logs (list)"]);
  });
  test("is the agent's, over all tasks", () => {
    const tasks = {
      one: { startedBy: "user", data: [external("wiki").read()] },
      two: { startedBy: "user", data: [external("orders", "restricted").read(), bucket("logs").read()] },
    } as const;
    expect(agentOf({ tasks }).highestSensitivity.name).toBe("restricted");
    expect([agentOf({ tasks }).hasAwsData, agentOf().hasAwsData]).toEqual([true, false]);
  });
});

describe("tokens and names", () => {
  test.each([
    [TOKEN, true],
    ["a-${TfToken[TOKEN.5]}-b", true],
    ["${aws_x.y.arn}", true],
    ["#{TfToken[TOKEN.2]}", true],
    ["&{TfToken[TOKEN.3]}", true],
    [NUMBER_TOKEN, true],
    ["plain", false],
    ["costs $5 {or less}", false],
    [-1e9, false],
    [undefined, false],
    [["${x}"], false],
  ])("%j is a token: %s", (value, expected) => expect(isToken(value)).toBe(expected));

  test("what is proposed for a malformed name is well formed", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => {
        let message = "";
        try {
          dnsLabel(text, "test", "name");
        } catch (error) {
          message = (error as Error).message;
        }
        const proposed = /: write "([^"]*)"$/.exec(message)?.[1];
        if (proposed !== undefined) expect(dnsLabel(proposed, "test", "name")).toBe(proposed);
      }),
      { numRuns: depth(500) },
    ));

  test.each([
    [undefined, "nothing"],
    [null, "null"],
    ["a\nb", '"a\\nb"'],
    [Number.NaN, "NaN"],
    [true, "true"],
    [["a"], '["a"]'],
    [{ a: 1 }, '{"a":1}'],
    [new Map(), "an instance of Map"],
    [function given() {}, "the function given"],
  ])("%p is shown as %s", (value, text) => expect(shown(value)).toBe(text));
});

describe("the line of a declaration", () => {
  function declare(): object {
    const declaration = {};
    rememberSource(declaration, declare);
    return declaration;
  }
  test("is that of the caller", () => {
    const one = declare();
    const two = declare();
    const line = sourceOf(one)?.line ?? 0;
    expect([sourceOf(one), sourceOf(two)]).toEqual([
      { file: "test/domain/values.test.ts", line },
      { file: "test/domain/values.test.ts", line: line + 1 },
    ]);
    expect(declaredAt(one)).toBe(` (test/domain/values.test.ts:${line})`);
    expect(readFileSync(__filename, "utf8").split("\n")[line - 1]).toContain("const one = declare();");
  });
  const read = { get: { method: "GET", path: "/" } } as const;
  const tool = { url: "https://crm.acme.example", clearance: "internal" } as const;
  const sensitivity = "internal";
  test.each([
    ["Tool.http", () => Tool.http("crm", { ...tool, actions: read })],
    [
      "Tool.mcp",
      () => Tool.mcp("crm", { ...tool, actions: { get: { tool: "get", pin: `sha256:${"a".repeat(64)}` } } }),
    ],
    [
      "Tool.model",
      () =>
        Tool.model("crm", {
          ...tool,
          api: "openai.responses",
          actions: { ask: { model: "large", maxOutputTokens: 1 } },
        }),
    ],
    ["Dataset.bucket", () => Dataset.bucket("letters", { bucket: "letters", prefix: "in/", sensitivity })],
    ["Dataset.table", () => Dataset.table("letters", { table: "letters", sensitivity })],
    ["Dataset.table", () => Dataset.table("letters", { table: "letters", boundTo: "agent", sensitivity })],
    ["Dataset.secret", () => Dataset.secret("letters", { secret: "letters", sensitivity })],
    ["Dataset.external", () => Dataset.external("letters", { sensitivity })],
  ])("is remembered by %s", (factory, make) => {
    const { file, line = 0 } = sourceOf(make()) ?? {};
    expect(file).toBe("test/domain/values.test.ts");
    expect(readFileSync(__filename, "utf8").split("\n")[line - 1]).toContain(`${factory}(`);
  });
  test("is unknown if it was not remembered", () => {
    expect([sourceOf({}), declaredAt({})]).toEqual([undefined, ""]);
  });
  test("leaves the stack limit as it was", () => {
    const before = Error.stackTraceLimit;
    declare();
    expect(Error.stackTraceLimit).toBe(before);
  });
});
