import fc from "fast-check";
import { checkInput, INPUT_LIMITS, readInput, REASONS } from "../../../domain";
import { bytes, JSON_BYTES, type Node, plain, problem } from "../../support/decisions/checked-input";
import { requestLike } from "../../support/decisions/request";
import { depth } from "../../support/depth";

/** A refund: every nullable part but the intent is there */
const full = (): Node => ({
  ...JSON.parse(JSON.stringify(requestLike("triage refunds with an approval"))),
  intent: { verdict: "allowed" },
});

/** Every field of the contract, by path */
function paths(value: unknown, prefix: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => [[...prefix, key], ...paths(entry, [...prefix, key])]);
}

const parentOf = (root: Node, path: readonly string[]): Node =>
  path.slice(0, -1).reduce((node, key) => node[key] as Node, root);
const keyOf = (path: readonly string[]): string => path.at(-1) as string;
/** Budgets are a map: its keys are the caller's */
const FIELDS = paths(full()).filter((path) => path[0] !== "budgets" || path.length !== 2);
const RECORDS = [[], ...FIELDS].filter((path) => {
  const value = path.reduce<unknown>((node, key) => (node as Node)[key], full());
  return typeof value === "object" && value !== null && !Array.isArray(value) && path[0] !== "budgets";
});

test("a request of the contract is accepted as it is, from bytes and as a value", () => {
  for (const sound of [plain(), full()]) {
    expect(checkInput(sound)).toEqual({ ok: true, input: sound });
    expect(readInput(bytes(sound))).toEqual({ ok: true, input: sound });
  }
});

test("the fields of the contract were found", () => {
  expect(FIELDS.length).toBeGreaterThan(50);
  expect(RECORDS.length).toBeGreaterThan(10);
});

test.each(FIELDS.map((path) => [path.join("."), path] as const))("fails when %s is missing", (_, path) => {
  const input = full();
  delete parentOf(input, path)[keyOf(path)];
  const shown = path[0] === "budgets" && path.length > 1 ? `budgets["day:calls:all"].${keyOf(path)}` : path.join(".");
  expect(problem(checkInput(input))).toEqual(["input.malformed", `${shown} must be there, got nothing`]);
});

test.each(RECORDS.map((path) => [path.join(".") || "request", path] as const))(
  "fails when %s has a field that the contract does not know",
  (shown, path) => {
    const input = full();
    const record = path.reduce((node, key) => node[key] as Node, input);
    const known = Object.keys(record).sort();
    record["unheard-of"] = "all";
    const [code, what] = problem(checkInput(input)) as readonly [string, string];
    expect(code).toBe("input.malformed");
    const [, listed = ""] = /^.* must be an object of (.*), got "unheard-of"$/.exec(what) ?? [];
    expect([what.split(" ")[0], listed.split(", ").sort()]).toEqual([shown, known]);
  },
);

test.each(FIELDS.map((path) => [path.join("."), path] as const))("fails when %s is of a wrong type", (_, path) => {
  const value = parentOf(full(), path)[keyOf(path)];
  const wrong: readonly unknown[] = [
    ...(typeof value === "number" ? [`${value}`, value + 0.5, -1, -0, NaN, Infinity, true] : []),
    ...(typeof value === "string" ? [17, null, [value], ...(path[0] === "version" ? [] : [""])] : []),
    ...(typeof value === "boolean" ? ["true", 1, null] : []),
    ...(Array.isArray(value) ? [{}, "", null, [7], [null]] : []),
    ...(typeof value === "object" && !Array.isArray(value) ? [[], "{}", 0, false] : []),
  ];
  expect(wrong.length).toBeGreaterThan(0);
  for (const instead of wrong) {
    const input = full();
    parentOf(input, path)[keyOf(path)] = instead;
    const [code, what] = problem(checkInput(input));
    expect([instead, code]).toEqual([instead, "input.malformed"]);
    expect(what).toContain(keyOf(path));
  }
});

const OUTSIDE: readonly (readonly [string, Node, string])[] = [
  [
    "a sensitivity is none of the four",
    plain({ session: { mark: "secret" as never } }),
    'session.mark must be one of public, internal, confidential, restricted, got "secret"',
  ],
  [
    "a start is none of the five",
    plain({ start: { by: "cron" as never } }),
    'start.by must be one of user, schedule, event, delegation, agent, got "cron"',
  ],
  [
    "evidence is of another word",
    plain({ start: { evidence: "yes" as never } }),
    'start.evidence must be one of verified, none, got "yes"',
  ],
  ["the phase is another", plain({ phase: "Call" as never }), 'phase must be one of issue, call, got "Call"'],
  [
    "something is revoked that cannot be",
    plain({ revocation: { revoked: ["fleet"] as never } }),
    'revocation.revoked[0] must be one of agent, run, session, token, user, got "fleet"',
  ],
  [
    "a digest is shorter",
    plain({ requestDigest: "sha256:11" }),
    'requestDigest must be sha256: and 64 hex digits, got "sha256:11"',
  ],
  [
    "a digest has capitals",
    plain({ requestDigest: `sha256:${"A".repeat(64)}` }),
    `requestDigest must be sha256: and 64 hex digits, got "sha256:${"A".repeat(64)}"`,
  ],
  [
    "a verdict is another word",
    plain({ intent: { verdict: "maybe" as never } }),
    'intent.verdict must be one of allowed, refused, error, timeout, got "maybe"',
  ],
  [
    "a set repeats itself",
    plain({ call: { data: ["tickets:read", "tickets:read"] } }),
    'call.data must be a list without repetition, got "tickets:read"',
  ],
  ["a call is missing at phase call", plain({ call: null }), "call must be there at phase call, got null"],
  [
    "a call is there at phase issue",
    plain({ phase: "issue" }),
    'call must be null at phase issue, got {"tool":"zendesk","action":"read","destination":"acme.zendesk.com","data":["tick…',
  ],
  ["a call has no digest", plain({ requestDigest: null }), "requestDigest must be there at phase call, got null"],
  [
    "a budget has no name",
    plain({ budgets: { "": { spent: 0, cost: 1 } } }),
    'a key of budgets must be a text that is not empty, got ""',
  ],
];

test.each(OUTSIDE)("fails when %s", (_, input, what) => {
  expect(problem(checkInput(input))).toEqual(["input.malformed", what]);
});

test.each([null, undefined, "request", 7, true, [], [plain()], () => plain()])("fails when it is %p", (value) => {
  expect(problem(checkInput(value))[0]).toBe("input.malformed");
});

test.each(["ambit.decision/2", "ambit.decision/1 ", "1", ""])("fails when the version is %p", (version) => {
  expect(problem(checkInput({ ...plain(), version }))).toEqual([
    "input.version",
    `version must be ambit.decision/1, got ${JSON.stringify(version)}`,
  ]);
});

test("a newer version is named before its unknown fields are", () => {
  expect(problem(checkInput({ version: "ambit.decision/9", question: "?" }))[0]).toBe("input.version");
});

test.each([1, null, undefined, ["ambit.decision/1"]])("fails when the version is %p, which is no text", (version) => {
  expect(problem(checkInput({ ...plain(), version }))[0]).toBe("input.malformed");
});

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `dataset-${index}:read`);
const hops = (count: number) => Array.from({ length: count }, () => ({ spiffeId: "spiffe://a/b", task: "t" }));
const budgets = (count: number) => Object.fromEntries(many(count).map((key) => [key, { spent: 0, cost: 1 }]));

/** A value at the limit, and one beyond it */
const LIMITS: readonly (readonly [string, number, (count: number) => Node])[] = [
  ["call.data", INPUT_LIMITS.data, (count) => plain({ call: { data: many(count) } })],
  ["chain", INPUT_LIMITS.chain, (count) => plain({ chain: hops(count) })],
  ["budgets", INPUT_LIMITS.budgets, (count) => ({ ...plain(), budgets: budgets(count) })],
  ["done.run", INPUT_LIMITS.done, (count) => plain({ done: { run: many(count) } })],
  ["done.session", INPUT_LIMITS.done, (count) => plain({ done: { session: many(count) } })],
];

test.each(LIMITS)("%s may have %i entries and no more", (path, most, input) => {
  expect(problem(checkInput(input(most)))).toBe("accepted");
  expect(problem(checkInput(input(most + 1)))).toEqual([
    "input.too-large",
    `${path} must have at most ${most} entries, got ${most + 1}`,
  ]);
});

test("a text may have 2048 characters and no more", () => {
  const named = (length: number) => plain({ task: "t".repeat(length) });
  expect(problem(checkInput(named(INPUT_LIMITS.text)))).toBe("accepted");
  expect(problem(checkInput(named(INPUT_LIMITS.text + 1)))).toEqual([
    "input.malformed",
    `task must be a text of at most 2048 characters, got "${"t".repeat(79)}…`,
  ]);
});

test("fails when a text has half a character, which engines would read differently", () => {
  expect(problem(checkInput(plain({ task: "a😀" })))).toBe("accepted");
  expect(problem(checkInput(plain({ task: "a\ud83d" })))).toEqual([
    "input.malformed",
    'task must be a text of whole characters, got "a\\ud83d"',
  ]);
  expect(problem(checkInput(plain({ budgets: { "\udc00": { spent: 0, cost: 0 } } })))).toEqual([
    "input.malformed",
    'a key of budgets must be a text of whole characters, got "\\udc00"',
  ]);
});

test.each([
  ["time", INPUT_LIMITS.whole, (value: number) => plain({ time: value })],
  ["revisionSeen", INPUT_LIMITS.whole, (value: number) => plain({ revisionSeen: value })],
  ["spent", INPUT_LIMITS.units, (value: number) => plain({ budgets: { b: { spent: value, cost: 0 } } })],
])("%s may be %i and no more", (_, most, input) => {
  expect(problem(checkInput(input(most)))).toBe("accepted");
  expect(problem(checkInput(input(most + 1)))[0]).toBe("input.malformed");
});

test("fails when ten thousand datasets are touched, whether as a value or as bytes", () => {
  const input = plain({ call: { data: many(10_000) } });
  expect(problem(checkInput(input))).toEqual(["input.too-large", "call.data must have at most 64 entries, got 10000"]);
  expect(problem(readInput(bytes(input)))[0]).toBe("input.too-large");
});

test("fails when a prototype is sent as a field, and takes over none of it", () => {
  const json = JSON_BYTES.toString().replace("{", '{"__proto__":{"admin":true},');
  expect(problem(readInput(Buffer.from(json)))).toEqual([
    "input.malformed",
    expect.stringMatching(/^request must be an object of .*, got "__proto__"$/),
  ]);
  const inherited = Object.create(plain()) as unknown;
  expect(problem(checkInput(inherited))).toEqual(["input.malformed", "version must be there, got nothing"]);
});

test("fails when reading a field throws", () => {
  const trap = {
    ...plain(),
    get task(): string {
      throw new Error("trap");
    },
  };
  const proxy = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new TypeError("trap");
      },
    },
  );
  const circular: Node = plain();
  circular["task"] = circular;
  expect(problem(checkInput(trap))).toEqual(["input.malformed", "the request cannot be read"]);
  expect(problem(checkInput(proxy))[0]).toBe("input.malformed");
  expect(problem(checkInput(circular))[0]).toBe("input.malformed");
});

test("every input yields a problem with a known code or the value itself", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const checked = checkInput(value);
      expect(checked.ok).toBe(false);
      if (!checked.ok) expect(Object.keys(REASONS)).toContain(checked.problem.code);
    }),
  );
});

test("with any value in one field, the request is accepted unchanged or refused with a code", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELDS),
      fc.anything({ withBigInt: true, withNullPrototype: true }),
      (path, value) => {
        const input = full();
        parentOf(input, path)[keyOf(path)] = value;
        const checked = checkInput(input);
        if (checked.ok) expect(checked.input).toBe(input);
        else expect(checked.problem.code).toMatch(/^input\.(malformed|version|too-large)$/);
      },
    ),
    { numRuns: depth(2_000) },
  );
});
