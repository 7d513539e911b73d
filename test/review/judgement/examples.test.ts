import { allow, deny, type Statement } from "../../../iam";
import { Shapes } from "../../../review/difference/aws/alike/shapes";
import { Examples } from "../../../review/judgement/examples";

const QUESTION = {
  one: allow("s3:GetObject", "arn:aws:s3:::data/one/*"),
  two: allow("s3:GetObject", "arn:aws:s3:::data/two/*"),
};

describe("what shows one agent's right", () => {
  it("shows the next one's, with its name", () => {
    const examples = new Examples(new Shapes());
    expect(examples.isAllowed(asked("one", [QUESTION.one]), QUESTION.one)).toBe(true);
    expect(examples.isAllowed(asked("two", [QUESTION.two]), QUESTION.two)).toBe(true);
  });

  it.each<[string, readonly Statement[], Statement]>([
    ["without the right", [], QUESTION.two],
    ["with the right of the first", [QUESTION.one], QUESTION.two],
    ["with another action", [allow("s3:PutObject", "arn:aws:s3:::data/two/*")], QUESTION.two],
    ["that is asked for another action", [QUESTION.two], allow("s3:PutObject", "arn:aws:s3:::data/two/*")],
    ["with a Deny", [QUESTION.two, deny("s3:*", "*")], QUESTION.two],
  ])("shows nothing of one %s", (_, statements, question) => {
    const examples = new Examples(new Shapes());
    examples.isAllowed(asked("one", [QUESTION.one]), QUESTION.one);
    expect(examples.isAllowed(asked("two", statements), question)).toBe(false);
  });

  it("shows nothing that was not asked", () => {
    const examples = new Examples(new Shapes());
    const any = asked("x", [allow("*", "*")]);
    examples.isAllowed(any, allow("s3:GetObject", "x"));
    const other = allow("s3:GetObject", "one");
    expect(examples.isAllowed(asked("one", [allow("s3:PutObject", "*")]), other)).toBe(false);
    expect(examples.isAllowed(asked("one", [allow("s3:*", "*")]), other)).toBe(true);
  });

  it("is sought where the guess does not hold", () => {
    const examples = new Examples(new Shapes());
    examples.isAllowed(asked("one", [QUESTION.one]), QUESTION.one);
    const narrow = allow("s3:GetObject", "arn:aws:s3:::data/two/inbox/*");
    expect(examples.isAllowed(asked("two", [narrow]), QUESTION.two)).toBe(true);
  });

  it.each<[string, readonly Statement[], readonly string[]]>([
    ["the right", [QUESTION.two], []],
    ["the right of the first", [QUESTION.one], ["s3:GetObject"]],
    ["a Deny of its own", [QUESTION.two, deny("s3:*", "*")], ["s3:GetObject"]],
  ])("decides of one of the same declaration and with %s by its own policies", (_, statements, refused) => {
    const examples = new Examples(new Shapes());
    expect(examples.refusedOf(asked("one", [QUESTION.one]), QUESTION.one)).toEqual([]);
    expect(examples.refusedOf(asked("two", statements), QUESTION.two)).toEqual(refused);
  });

  it("is nothing on a way without layers", () => {
    const nowhere = { name: "one", paths: [{ name: "way", layers: [] }], denies: [] };
    expect(new Examples(new Shapes()).isAllowed(nowhere, QUESTION.one)).toBe(false);
  });
});

function asked(name: string, statements: readonly Statement[]) {
  const sourced = statements.map((statement) => ({ statement, source: "here" }));
  return { name, paths: [{ name: "way", layers: [{ name: "role", statements: sourced }] }], denies: [] };
}
