import { type Statement } from "../../../iam";
import type { Access, AccessPath, AccessRequest } from "../../../iam/access/access";
import { difference, isWithin } from "../../../iam/access/difference";
import rows from "../../cases/iam-difference.json";

type Layers = Readonly<Record<string, readonly Statement[]>>;

interface Row {
  readonly name: string;
  /** Layers by name, one path or several; `denies` stand in none of them */
  readonly base: Layers | readonly Layers[];
  readonly head: Layers | readonly Layers[];
  /** Action and resource, as the statement has them */
  readonly gained: readonly string[];
  /** What the first witness holds, at least; its keys, where they are given, are all there are */
  readonly witness?: Partial<AccessRequest>;
  /** What the gain depends on */
  readonly unknown?: readonly string[];
}

const sourced = (statements: readonly Statement[]) => statements.map((statement) => ({ statement, source: "case" }));

function access(given: Layers | readonly Layers[]): Access {
  const all = Array.isArray(given) ? (given as readonly Layers[]) : [given as Layers];
  const paths = all.map(({ denies: _, ...layers }, index): AccessPath => {
    const named = Object.entries(layers).map(([name, statements]) => ({ name, statements: sourced(statements) }));
    return { name: `path ${index}`, layers: named };
  });
  return { paths, denies: all.flatMap(({ denies = [] }) => sourced(denies)) };
}

const ROWS = rows as unknown as readonly Row[];

test.each(ROWS.map((row) => [row.name, row] as const))("%s", (_, { base, head, gained, witness, unknown = [] }) => {
  const found = difference(access(base), access(head));
  expect(found.undecided).toEqual([]);
  expect(found.gained.map(({ action, resource }) => `${action} on ${resource}`)).toEqual(gained);
  expect([...new Set(found.gained.flatMap((gain) => gain.unknown))]).toEqual(unknown);
  if (witness !== undefined) expect(found.gained[0]?.witness).toMatchObject(witness);
  if (witness?.keys !== undefined) expect(found.gained[0]?.witness.keys).toEqual(witness.keys);
  expect(isWithin(access(head), access(base))).toBe(gained.length === 0);
});

const allow = (action: string, resource: string, extra: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...extra,
});

test("says for each gain where it stands and by which path it is allowed", () => {
  const statement = { statement: allow("s3:GetObject", "*"), source: "aws_iam_role_policy.p policy" };
  const head = { paths: [{ name: "role", layers: [{ name: "identity", statements: [statement] }] }] };
  const { gained } = difference({ paths: [] }, head);
  expect(gained).toEqual([
    {
      action: "s3:GetObject",
      resource: "*",
      kinds: { action: "pattern", resource: "pattern" },
      statement,
      path: "role",
      witness: { action: "s3:GetObject", resource: "*", keys: {} },
      certain: true,
      unknown: [],
    },
  ]);
});

test("gains nothing from a path without layers", () => {
  const empty = { paths: [{ name: "empty", layers: [] }] };
  expect(difference({ paths: [] }, empty)).toEqual({ gained: [], undecided: [] });
  expect(difference(empty, access({ identity: [allow("s3:GetObject", "*")] })).gained).toHaveLength(1);
});

test("leaves undecided what takes too many steps, and is then not within", () => {
  const base = access({ identity: [allow("s3:GetObject", "arn:aws:s3:::*a*b*c*d/*")] });
  const head = access({ identity: [allow("s3:GetObject", "arn:aws:s3:::*a*b*c*/*d/*")] });
  const { gained, undecided } = difference(base, head, { steps: 2 });
  expect(gained).toEqual([]);
  expect(undecided).toEqual([
    { statement: head.paths[0]?.layers[0]?.statements[0], why: expect.stringMatching("more than 2 steps") },
  ]);
});

test("decides or gives up on hostile statements within the steps it has", () => {
  const star = (letter: string): string => `arn:aws:s3:::${`*${letter}`.repeat(60)}*`;
  const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
  const denies = keys.map((key, index): Statement => ({
    Effect: "Deny",
    Action: `s3:*${index}*`,
    NotResource: star("b"),
    Condition: { StringNotLike: { [key]: `*${index}*` } },
  }));
  const statements = [allow("*", star("a")), ...denies];
  const { gained, undecided } = difference(access({ identity: denies }), access({ identity: statements }));
  expect(gained.length + undecided.length).toBe(1);
});

test("gives up on policies of which nothing can be decided", () => {
  const names = Array.from({ length: 30 }, (_, index) => index);
  const base = access({ identity: names.map((index) => allow("s3:GetObject", `arn:aws:s3:::*a*b*c*d/${index}*`)) });
  const head = access({ identity: names.map((index) => allow("s3:GetObject", `arn:aws:s3:::*a*b*c*/*d/${index}*`)) });
  const { gained, undecided } = difference(base, head, { steps: 2 });
  expect(gained).toEqual([]);
  expect(undecided).toHaveLength(30);
  expect(undecided.at(-1)?.why).toBe("20 others of these policies take too many steps");
});

test("says of each pattern whether it is the statement's, the rest that it leaves, or several", () => {
  const kindsOf = (statement: Statement) =>
    difference({ paths: [] }, access({ identity: [statement] })).gained.map(({ kinds }) => kinds);
  const many = Array.from({ length: 1001 }, (_, index) => `s3:A${index}`);
  expect(kindsOf({ Effect: "Allow", Action: "s3:*", Resource: "everything but a name" })).toEqual([
    { action: "pattern", resource: "pattern" },
  ]);
  expect(kindsOf({ Effect: "Allow", NotAction: "iam:*", NotResource: "arn:aws:s3:::kb/*" })).toEqual([
    { action: "rest", resource: "rest" },
  ]);
  expect(kindsOf({ Effect: "Allow", Action: many, Resource: "*" })).toEqual([
    { action: "several", resource: "pattern" },
  ]);
});

test("tells the resources of a statement together where they and its actions make too many pairs", () => {
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const of = (actions: number, resources: number) => {
    const statement = { Effect: "Allow" as const, Action: many("s3:A", actions), Resource: many("r", resources) };
    return difference({ paths: [] }, access({ identity: [statement] })).gained;
  };
  expect(of(10, 100)).toHaveLength(1000);
  expect(of(10, 101).map(({ resource }) => resource)).toEqual(Array.from({ length: 10 }, () => "r0 and 100 more"));
  expect(of(1001, 1)).toMatchObject([{ action: "s3:A0 and 1000 more", resource: "r0" }]);
});

test("takes a key that is named like a property of every object for a key", () => {
  const condition = { StringEquals: JSON.parse('{ "__proto__": "x" }') as Record<string, string> };
  const head = access({ identity: [allow("s3:GetObject", "*", { Condition: condition })] });
  const [gain] = difference({ paths: [] }, head).gained;
  expect(Object.entries(gain?.witness.keys ?? {})).toEqual([["__proto__", ["x"]]]);
  expect(Object.getPrototypeOf(gain?.witness.keys)).toBe(Object.prototype);
});
