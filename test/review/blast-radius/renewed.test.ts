import { printable } from "../../../domain/printable";
import { htmlRadius } from "../../../review/blast-radius/report/radius-page";
import { jsonRadius } from "../../../review/blast-radius/report/radius-json";
import { otherLifetime } from "../../../review/blast-radius/lifetimes";
import type { BlastRadius, Lifetime } from "../../../review/blast-radius/blast-radius";
import { terminalRadius } from "../../../review/blast-radius/report/radius-text";
import { summary } from "../../../review/blast-radius/report/radius-words";
import { policy, roleArn, type Statement } from "../aws/small-estate";
import {
  assume,
  at,
  because,
  brokeredRadius,
  denies,
  lasts,
  lastsOf,
  radiusOf,
  read,
  type Role,
  type Roles,
  ROOT,
  trusts,
} from "./ring-estate";

/** Of an agent of which nothing is known: an SVID and a session */
const OWN = 7_200;
const HOUR = 3_600;
const hours = (count: number): string => String(OWN + count * HOUR);

const PAIR = { a: [[trusts("bot", "b")]], b: [[trusts("a")]] } as const satisfies Record<string, Role>;
const PAIR_WORDS =
  `roles ${roleArn("a")} and ${roleArn("b")} may become one another, ` +
  "which renews their sessions without end: cut the trust of one in another";
const SELF_WORDS = `role ${roleArn("a")} may become itself, which renews its sessions without end: cut its trust in itself`;

describe("without a ring everything ends", () => {
  test.each<readonly [string, Roles]>([
    ["a chain", { a: [[trusts("bot")]], b: [[trusts("a")]] }],
    ["two ways to one role", { a: [[trusts("bot")]], b: [[trusts("a", "bot")]] }],
    [
      "a ring that is not reached",
      { a: [[trusts("bot")]], b: [[trusts("a")]], c: [[trusts("c", "d")]], d: [[trusts("c")]] },
    ],
    [
      "a ring that leads here, and is not reached",
      { a: [[trusts("bot", "c")]], b: [[trusts("a")]], c: [[trusts("c")]] },
    ],
    [
      "a role that may ask for itself, and does not trust itself",
      { a: [[trusts("bot")], [assume("a")]], b: [[trusts("a")]] },
    ],
    ["a role that trusts its account, and may not ask for itself", { a: [[trusts("bot", ROOT)]], b: [[trusts("a")]] }],
    [
      "a pair in which a Deny of one forbids the way back",
      { a: [[trusts("bot", "b")]], b: [[trusts("a")], [denies(assume("a"))]] },
    ],
    [
      "a pair in which a Deny of a trust policy forbids the way back",
      { a: [[trusts("bot", "b"), denies(trusts("b"))]], b: [[trusts("a")]] },
    ],
    ["a role whose Deny forbids itself", { a: [[trusts("bot", "a"), denies(trusts("a"))]], b: [[trusts("a")]] }],
  ])("%s", (_, roles) => {
    const radius = radiusOf(roles);
    expect(lasts(radius, "bot")).toEqual([hours(0)]);
    expect(lasts(radius, "a")).toEqual([hours(1)]);
    expect(lasts(radius, "b")).toEqual([hours(2)]);
    expect(summary(radius, printable)).not.toMatch(/no kill/);
  });
});

describe("the longest way counts, for each role on it is an hour more", () => {
  const a: Role = [[trusts("bot")]];
  const unsure = { ...trusts(ROOT), Condition: { StringEquals: { "aws:PrincipalArn": "${var.unknown}" } } };

  test("also where a shorter one exists", () => {
    const radius = radiusOf({ a, b: [[trusts("a")]], c: [[trusts("b", "a", "bot")]] });
    expect(at(radius, "c").map(({ hop }) => hop)).toEqual([1]);
    expect(lasts(radius, "c")).toEqual([hours(3)]);
    expect(because(radius, "c")).toMatch(/then a session of each of 3 roles it becomes$/);
  });

  test("one that is only possible stands beside what is certain", () => {
    const radius = radiusOf({ a, b: [[trusts("bot"), unsure]], c: [[trusts("b")]] });
    expect(lasts(radius, "b")).toEqual([hours(1)]);
    const longer = radiusOf({ a: [[trusts("bot")], [assume("b")]], b: [[trusts("bot"), unsure]], c: [[trusts("b")]] });
    expect([lasts(longer, "b"), lasts(longer, "c")]).toEqual([
      [hours(1), `${hours(2)}?`],
      [hours(2), `${hours(3)}?`],
    ]);
    expect(at(longer, "b")[1]?.unknown).toMatch(
      /^whether it becomes .*role\/b by way of 1 other is not known: it depends/,
    );
  });

  test("of what is only possible itself", () => {
    const radius = radiusOf({
      a: [[trusts("bot")], [assume("b")]],
      b: [[unsure]],
      bot: [[], [assume("b")]],
    });
    expect(at(radius, "b").map(({ hop }) => hop)).toEqual([1]);
    expect(lasts(radius, "b")).toEqual([`${hours(2)}?`]);
  });
});

describe("roles that may become one another renew their sessions without end", () => {
  test("a pair", () => {
    const radius = radiusOf(PAIR);
    expect(lasts(radius, "a")).toEqual(["no end"]);
    expect(lasts(radius, "b")).toEqual(["no end"]);
    expect([because(radius, "a"), because(radius, "b")]).toEqual([PAIR_WORDS, PAIR_WORDS]);
  });

  test("what the agent has by its own role, which is no part of it, ends", () => {
    expect(lasts(radiusOf(PAIR), "bot")).toEqual([hours(0)]);
  });

  test("a role that names itself", () => {
    const radius = radiusOf({ a: [[trusts("bot", "a")]] });
    expect([lasts(radius, "a"), because(radius, "a")]).toEqual([["no end"], SELF_WORDS]);
  });

  test("a role that trusts its account, and may ask for itself", () => {
    const radius = radiusOf({ a: [[trusts("bot", ROOT)], [assume("a")]] });
    expect([lasts(radius, "a"), because(radius, "a")]).toEqual([["no end"], SELF_WORDS]);
  });

  test("a ring further on, and what is reached from it, but not what lies before it", () => {
    const radius = radiusOf({
      before: [[trusts("bot")]],
      a: [[trusts("before", "b")]],
      b: [[trusts("a")]],
      after: [[trusts("b")]],
    });
    expect([lasts(radius, "before"), lasts(radius, "a"), lasts(radius, "after")]).toEqual([
      [hours(1)],
      ["no end"],
      ["no end"],
    ]);
    expect(because(radius, "after")).toBe(PAIR_WORDS);
  });

  test("a role that is nearer by another way lasts as long as the ring from which it is reached too", () => {
    const radius = radiusOf({ ...PAIR, near: [[trusts("bot", "b")]] });
    expect(at(radius, "near").map(({ hop }) => hop)).toEqual([1]);
    expect([lasts(radius, "near"), because(radius, "near")]).toEqual([["no end"], PAIR_WORDS]);
  });

  test("the agent's own role, with all that it has", () => {
    const radius = radiusOf({ bot: [[trusts("a")]], a: [[trusts("bot")]] });
    expect([lasts(radius, "bot"), lasts(radius, "a")]).toEqual([["no end"], ["no end"]]);
    expect(because(radius, "bot")).toBe(because(radius, "a"));
  });

  test("a ring of many names some of them", () => {
    const names = Array.from({ length: 9 }, (_, index) => `r${index}`);
    const ring = Object.fromEntries(
      names.map((name, index): [string, Role] => [
        name,
        [[trusts(names.at(index - 1) as string, ...(index === 0 ? ["bot"] : []))]],
      ]),
    );
    const radius = radiusOf(ring);
    expect(names.map((name) => lasts(radius, name))).toEqual(names.map(() => ["no end"]));
    expect(because(radius, "r5")).toContain(
      `${roleArn("r0")}, ${roleArn("r1")}, ${roleArn("r2")} and 6 more may become`,
    );
  });

  test("a role without an agent, whose sessions last as long as the role says", () => {
    const alone = (trust: readonly Statement[]) => radiusOf({ a: [trust] }, { who: "app/aws_iam_role.a" });
    expect(lasts(alone([trusts("other")]), "a")).toEqual([String(HOUR)]);
    expect(lasts(alone([trusts("a")]), "a")).toEqual(["no end"]);
  });

  test("a role without an agent, by way of an agent's", () => {
    const roles: Roles = { bot: [[trusts("a")]], a: [[trusts("bot")]] };
    expect(lasts(radiusOf(roles, { who: "app/aws_iam_role.a" }), "a")).toEqual(["no end"]);
  });
});

test("advice for a stolen identity says to kill it too, and to cut its ring", () => {
  const [ends, renewed] = [at(radiusOf(PAIR), "bot"), at(radiusOf(PAIR), "a")].map(([one]) => one?.lasting as Lifetime);
  const kill = "a kill of one agent does not stop another: kill it too";
  expect(otherLifetime(ends as Lifetime)).toEqual({ seconds: undefined, because: kill });
  expect(otherLifetime(renewed as Lifetime)).toMatchObject({
    seconds: undefined,
    because: `${kill}; and ${PAIR_WORDS}`,
  });
});

describe("a ring that is only possible", () => {
  const UNREAD = { aws_iam_role: { b: { name: "b", assume_role_policy: '${file("trust.json")}' } } };
  const roles: Roles = { a: [[trusts("bot", "b")], [assume("b")]], b: [[]] };

  test("is told beside the time that is certain, with the reason", () => {
    const radius = radiusOf(roles, { more: UNREAD });
    expect(lasts(radius, "a")).toEqual([hours(1), "no end?"]);
    expect(because(radius, "a")).toBe(PAIR_WORDS);
    expect(at(radius, "a")[1]?.unknown).toBe(
      `whether roles ${roleArn("a")} and ${roleArn("b")} may become one another is not known: ` +
        "it depends on a policy that cannot be read",
    );
  });

  test("is told once of what is only possible itself", () => {
    expect(lasts(radiusOf(roles, { more: UNREAD }), "b")).toEqual(["no end?"]);
  });

  test("says in the sentence how much may have no end", () => {
    const text = summary(radiusOf(roles, { more: UNREAD }), printable);
    expect(text).toContain("; for at most 3 h after a kill, but no kill of it ends 1 of these; it may be that no kill");
  });

  test("a ring that is certain, to which it only may come", () => {
    const radius = radiusOf({ ...roles, c: [[trusts("b", "c")]], near: [[trusts("bot", "c")]] }, { more: UNREAD });
    expect([lasts(radius, "c"), lasts(radius, "near")]).toEqual([["no end?"], [hours(1), "no end?"]]);
    expect(at(radius, "near")[1]?.unknown).toBe(
      `whether a way by role ${roleArn("c")}, which may become itself, leads here is not known: ` +
        "it depends on a policy that cannot be read",
    );
  });

  test("a role whose own trust policy cannot be read may be named there, and is not where it may not ask", () => {
    const more = { aws_iam_role: { bot: { ...UNREAD.aws_iam_role.b, name: "bot" } } };
    const [open, denied] = [[], [denies(assume("bot"))]].map((own) =>
      radiusOf({ bot: [[], own], a: [[trusts("bot")]] }, { more }),
    ) as [BlastRadius, BlastRadius];
    expect([lasts(open, "bot"), lasts(open, "a")]).toEqual([
      [hours(0), "no end?"],
      [hours(1), "no end?"],
    ]);
    expect([lasts(denied, "bot"), lasts(denied, "a")]).toEqual([[hours(0)], [hours(1)]]);
  });

  test("a role is in its own account, also where its number is unknown", () => {
    const self = {
      name_prefix: "x-",
      assume_role_policy: policy(trusts("${aws_iam_role.x.arn}")),
      inline_policy: [{ name: "own", policy: policy(read("x")) }],
    };
    const radius = radiusOf({}, { more: { aws_iam_role: { x: self } }, who: "app/aws_iam_role.x" });
    expect(lasts(radius, "x")).toEqual(["no end"]);
  });

  test("a condition with an unknown value", () => {
    const condition = { Condition: { StringEquals: { "aws:PrincipalArn": "${var.unknown}" } } };
    const radius = radiusOf({ a: [[trusts("bot"), { ...trusts(ROOT), ...condition }], [assume("a")]] });
    expect(lasts(radius, "a")).toEqual([hours(1), "no end?"]);
  });

  test("a ring over certain edges is certain beside possible ones", () => {
    const radius = radiusOf({ ...roles, a: [[trusts("bot", "a", "b")], [assume("b")]] }, { more: UNREAD });
    expect([lasts(radius, "a"), because(radius, "a")]).toEqual([["no end"], SELF_WORDS]);
  });

  test("more roles than are asked about", () => {
    const many = Array.from({ length: 250 }, (_, index): [string, Role] => [`r${index}`, [[trusts("a")]]]);
    const radius = radiusOf({ a: [[trusts("bot")]], ...Object.fromEntries(many) });
    expect(lasts(radius, "a")).toEqual([hours(1), "no end?"]);
    expect(at(radius, "a")[1]?.unknown).toContain("50 more that it may become, and that are not followed");
  });

  test("roles beyond the limit, which may lead back to every reached role", () => {
    const many = Array.from({ length: 250 }, (_, index): [string, Role] => [`r${index}`, [[trusts("hub")]]]);
    const radius = radiusOf({
      hub: [[trusts("bot", "y")]],
      ...Object.fromEntries(many),
      y: [[trusts("bot", "r99")]],
      bot: [[]],
    });
    expect([lasts(radius, "y"), lasts(radius, "bot")]).toEqual([[hours(1), "no end?"], [hours(0)]]);
    expect(at(radius, "y")[1]?.unknown).toContain("50 more that it may become, and that are not followed");
  });

  test("agents' roles, which are not followed, do not use up the limit of other roles", () => {
    const agents = Array.from({ length: 250 }, (_, index): [string, Role] => [`a${index}`, [[trusts("platform")]]]);
    const roles: Roles = { platform: [[]], zeta: [[trusts("platform", "zeta")]], ...Object.fromEntries(agents) };
    const radius = radiusOf(roles, { who: "app/aws_iam_role.platform", agents: agents.map(([name]) => name) });
    expect(lasts(radius, "zeta")).toEqual(["no end"]);
  });
});

describe("a session policy", () => {
  const BROKERED = 900;
  const session = (...statements: readonly Statement[]): string => policy(...statements);
  const roles: Roles = {
    bot: [[trusts("a")], [read("other"), assume("far")]],
    a: [[trusts("bot")]],
    far: [[trusts(ROOT)]],
  };

  test("that lets a task become a role of a ring is none any more behind it", () => {
    const radius = brokeredRadius(roles, session(read("bot"), assume("a")));
    expect([lasts(radius, "bot"), lasts(radius, "a")]).toEqual([["no end"], ["no end"]]);
    expect(at(radius, "other").map(({ hop, route }) => [hop, route.map(({ to }) => to)])).toEqual([
      [2, [roleArn("a"), roleArn("bot")]],
    ]);
    expect(at(radius, "far").map(({ hop }) => hop)).toEqual([3]);
    expect([lasts(radius, "other"), lasts(radius, "far")]).toEqual([["no end"], ["no end"]]);
    expect(radius.identities.map(({ name }) => name)).toContain(roleArn("bot"));
  });

  test("that does not let it holds it to its task, and to its time", () => {
    const radius = brokeredRadius({ ...roles, a: [[trusts(ROOT)]] }, session(read("bot")));
    expect(lasts(radius, "bot")).toEqual([String(BROKERED)]);
    expect([at(radius, "other"), at(radius, "a"), at(radius, "far")]).toEqual([[], [], []]);
  });

  test("of a task that comes back to its role only possibly is only possibly none any more", () => {
    const doubt = { Condition: { StringEquals: { "aws:PrincipalArn": "${var.unknown}" } } };
    const unsure: Roles = {
      ...roles,
      bot: [[{ ...trusts(ROOT), ...doubt }], roles["bot"]?.[1] ?? []],
      a: [[trusts("bot")], [assume("bot")]],
    };
    const radius = brokeredRadius(unsure, session(read("bot"), assume("a")));
    expect([lasts(radius, "bot"), lasts(radius, "other")]).toEqual([[String(BROKERED), "no end?"], ["no end?"]]);
  });

  test("declared data of AWS lasts as long as the sessions that read it, and a tool does not", () => {
    const [ring, none] = [
      brokeredRadius(roles, session(read("bot"), assume("a"))),
      brokeredRadius({ bot: [[]] }, session(read("bot"))),
    ];
    const rows = ({ reached }: typeof ring) =>
      reached.filter(({ target, hop }) => target === "rows" && hop === 0).map(lastsOf);
    expect([new Set(rows(ring)), new Set(rows(none))]).toEqual([new Set(["no end"]), new Set([String(BROKERED)])]);
    const tools = ({ reached }: typeof ring) => reached.filter(({ kind }) => kind === "action").map(lastsOf);
    expect(tools(ring)).toEqual(tools(none));
    expect(tools(ring).length).toBeGreaterThan(0);
  });
});

describe("every report says that there is no end, why, and what to do", () => {
  const plain = (text: string): string => text;
  const paint = { bold: plain, dim: plain, green: plain, red: plain, yellow: plain };
  const radius = radiusOf({ a: [[trusts("bot", "a")]] });

  test("the sentence", () => {
    expect(summary(radius, printable)).toMatch(/; for at most 2 h after a kill, but no kill of it ends 1 of these\./);
  });

  test("the text", () => {
    const lines = terminalRadius(radius, { columns: 1_000, paint }).split("\n");
    expect(lines).toContain(`        no kill ends it: ${SELF_WORDS}`);
  });

  test("JSON", () => {
    const { reached } = JSON.parse(jsonRadius(radius)) as { reached: readonly Record<string, unknown>[] };
    expect(reached.find(({ by }) => by === roleArn("a"))).toMatchObject({
      lastsSeconds: null,
      because: SELF_WORDS,
      certain: true,
    });
  });

  test("HTML", () => {
    const data = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(htmlRadius(radius))?.[1] ?? "";
    const { groups } = JSON.parse(data) as { groups: readonly { rows: readonly { lasts: string }[] }[] };
    expect(groups.flatMap(({ rows }) => rows).map((row) => row.lasts)).toContain(`no kill ends it: ${SELF_WORDS}`);
  });
});
