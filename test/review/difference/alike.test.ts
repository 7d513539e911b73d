import fc from "fast-check";
import { allow, deny, PreparedAccess, type Statement } from "../../../iam";
import type { AccessPath } from "../../../iam/access/access";
import { difference } from "../../../iam/access/difference";
import { AlikeDifferences, type PathPair } from "../../../review/difference/aws/alike/alike-differences";
import { Shapes } from "../../../review/difference/aws/alike/shapes";
import { depth } from "../../support/depth";

const READ = "s3:GetObject";

describe("policies of two names", () => {
  const like = (of: (name: string) => Statement, one: string, other: string): boolean => {
    const shapes = new Shapes();
    const [first, second] = [shapes.ofStatement(of(one), one), shapes.ofStatement(of(other), other)];
    return first !== undefined && first === second;
  };

  it.each<[string, (name: string) => Statement]>([
    ["in a resource", (name) => allow(READ, `arn:aws:s3:::data/${name}/*`)],
    ["in none", () => allow("*", "*")],
    ["in a principal", (name) => ({ ...allow("*", "*"), Principal: { AWS: `arn:aws:iam::1:role/a.${name}` } })],
    ["in a value", (name) => allow(READ, "*", { StringNotEquals: { "aws:SourceIdentity": name } })],
    ["beside a secret", (name) => allow(READ, [`a/${name}`, "arn:aws:secretsmanager:r:1:secret:orders-??????"])],
    ["beside a part", (name) => allow(READ, `\${aws_s3_bucket.data.arn}/${name}/*`)],
  ])("are alike with the name %s", (_, of) => expect(like(of, "worker-1", "worker-22")).toBe(true));

  it.each<[string, (name: string) => Statement, string?, string?]>([
    ["with another action", (name) => allow(name === "worker-1" ? READ : "s3:PutObject", name)],
    ["with another effect", (name) => (name === "worker-1" ? allow(READ, name) : deny(READ, name))],
    ["with the name in an action", (name) => allow(`s3:${name}`, "*")],
    ["with the name in a Sid", (name) => ({ ...allow(READ, "*"), Sid: name })],
    ["with the name in a key", (name) => allow(READ, "*", { StringEquals: { [`aws:ResourceTag/${name}`]: "x" } })],
    ["with the name as part of a word", (name) => allow(READ, `data-${name}/*`)],
    ["where one names both", (name) => allow(READ, [name, "worker-1"])],
    ["where one names the other", () => allow(READ, "worker-1")],
    ["where a wildcard ends a word", (name) => allow(READ, [name, "work*"])],
    ["where a wildcard begins a word", (name) => allow(READ, [name, "*-1"])],
    ["where a wildcard is a letter", (name) => allow(READ, [name, "worker-?"])],
    ["where two wildcards may share a word", (name) => allow(READ, [name, "data/*?"])],
    ["where a part may end a word", (name) => allow(READ, [name, "work${aws_s3_bucket.data.id}"])],
    ["where a part holds a part", (name) => allow(READ, [name, "${a[${b}]}"])],
    [
      "where case does not count",
      (name) => allow(READ, name, { StringEqualsIgnoreCase: { "aws:userid": "WORKER-1" } }),
    ],
    ["where a letter is escaped", (name) => allow(READ, [name, `a\n${"worker-1"}`])],
    ["where a secret begins like one", (name) => allow(READ, [name, "worker-??????"])],
    ["whose name a secret may end with", (name) => allow(READ, [name, "secret:a-??????"]), "onetwo", "twoone"],
    ["whose name is a number", (name) => allow(READ, name), "10", "20"],
    ["whose name is a part of an address", (name) => allow(READ, name), "fe80", "fe81"],
    ["whose name is a truth value", (name) => allow(READ, name), "true", "worker-1"],
    ["whose name is no label", (name) => allow(READ, name), "a/worker", "a/other"],
    ["whose name is a pattern", (name) => allow(READ, name), "work*", "worker-?"],
  ])("are not alike %s", (_, of, one = "worker-1", other = "worker-22") => expect(like(of, one, other)).toBe(false));

  it("are told by the name that is asked for, not by who asked first", () => {
    const shapes = new Shapes();
    const shared = allow(READ, "data/worker-1/*");
    const [other, own] = [shapes.ofStatement(shared, "worker-2"), shapes.ofStatement(shared, "worker-1")];
    expect(own).not.toBe(other);
    expect(shapes.ofStatement(allow(READ, "data/worker-2/*"), "worker-2")).toBe(own);
  });
});

describe("what one gains by a change that another gains by as well", () => {
  it("is told with his own name, and where his own policy stands", () => {
    const alike = new AlikeDifferences(new Shapes());
    alike.of(compared("worker-1", [], [allow(READ, "data/worker-1/*")]));
    const { gained } = alike.of(compared("worker-2", [], [allow(READ, "data/worker-2/*")]));
    expect(gained).toMatchObject([{ resource: "data/worker-2/*", witness: { resource: "data/worker-2/x" } }]);
    expect(gained[0]?.statement.source).toBe("worker-2");
  });

  it("is looked for where what it depends on is not known", () => {
    const alike = new AlikeDifferences(new Shapes());
    const of = (name: string) =>
      alike.of(compared(name, [allow(READ, "${data}/a/*")], [allow(READ, `data/${name}/*`)]));
    expect([of("worker-1"), of("worker-2")].map(({ gained }) => gained[0]?.resource)).toEqual([
      "data/worker-1/*",
      "data/worker-2/*",
    ]);
  });

  it("is what a search finds", () => {
    const name = fc.constantFrom("worker-1", "worker-22", "orders-bot", "any", "w", "s3", "true", "10");
    let shared = 0;
    fc.assert(
      fc.property(name, name, templates(), templates(), templates(), (one, other, was, is, boundary) => {
        const shapes = new Shapes();
        const alike = new AlikeDifferences(shapes);
        const [first, second] = [one, other].map((each) => compared(each, was(each), is(each), boundary(each))) as [
          PathPair,
          PathPair,
        ];
        alike.of(first);
        const found = alike.of(second);
        const sought = difference({ paths: [second.was as AccessPath] }, { paths: [second.is] });
        expect(found.gained.map(toldOf)).toEqual(sought.gained.map(toldOf));
        expect(found.undecided).toEqual(sought.undecided);
        const before = new PreparedAccess({ paths: [second.was as AccessPath] });
        const after = new PreparedAccess({ paths: [second.is] });
        for (const { witness, certain } of found.gained) {
          if (!certain) continue;
          expect(after.decide(witness).verdict).toBe("allowed");
          expect(before.decide(witness).verdict).toBe("denied");
        }
        const [known, same] = [first, second].map((each) => shapes.ofPath(each.is, each.name));
        if (one !== other && known !== undefined && known === same && found.gained.length > 0) shared++;
      }),
      { numRuns: depth(300) },
    );
    expect(shared).toBeGreaterThan(depth(5, 0));
  });
});

function toldOf({ action, resource, statement, path, certain }: ReturnType<AlikeDifferences["of"]>["gained"][number]) {
  return { action, resource, statement, path, certain };
}

function compared(
  name: string,
  was: readonly Statement[],
  is: readonly Statement[],
  boundary: readonly Statement[] = [allow("*", "*")],
): PathPair {
  const path = (statements: readonly Statement[]): AccessPath => ({
    name: `way of ${name}`,
    layers: [
      { name: "role", statements: statements.map((statement) => ({ statement, source: name })) },
      { name: "boundary", statements: boundary.map((statement) => ({ statement, source: "boundary" })) },
    ],
  });
  return { name, was: path(was), is: path(is), denied: [], denies: [] };
}

/** Statements that hold a name here and there, by that name: most of them only as a whole word */
function templates(): fc.Arbitrary<(name: string) => readonly Statement[]> {
  const mostly = <One>(usual: fc.Arbitrary<One>, other: fc.Arbitrary<One>): fc.Arbitrary<One> =>
    fc.oneof({ arbitrary: usual, weight: 30 }, { arbitrary: other, weight: 1 });
  const text = mostly(
    fc.constantFrom("*", "data/*", "data/NAME", "data/NAME/*", "data/*/NAME"),
    fc.constantFrom("data/worker-1/*", "data/NAME*", "data/work*", "NAME-??????"),
  );
  const condition = mostly<Statement["Condition"]>(
    fc.constantFrom(undefined, { StringEquals: { "aws:SourceIdentity": "NAME" } }),
    fc.constantFrom(
      { StringNotLike: { "aws:SourceIdentity": ["NAME", "worker-1"] } },
      { NumericLessThan: { "aws:SourceIdentity": "15" } },
      { StringEqualsIgnoreCase: { "aws:SourceIdentity": "Worker-1" } },
    ),
  );
  const statement = fc
    .record({
      Effect: mostly(fc.constant("Allow"), fc.constant("Deny")),
      Action: fc.subarray(["s3:GetObject", "s3:Get*", "s3:PutObject"], { minLength: 1 }),
      Resource: fc.array(text, { minLength: 1, maxLength: 2 }),
      Condition: condition,
    })
    .map(({ Condition, ...rest }) => JSON.stringify(Condition === undefined ? rest : { ...rest, Condition }));
  return fc
    .array(statement, { minLength: 1, maxLength: 2 })
    .map((all) => (name) => all.map((each) => JSON.parse(each.replaceAll("NAME", name)) as Statement));
}
