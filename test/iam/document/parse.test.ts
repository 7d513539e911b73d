import { parsePolicy } from "../../../iam";
import cases from "../../cases/iam-malformed.json";

interface Case {
  readonly name: string;
  readonly json?: string;
  readonly statements?: string;
  readonly error: string;
}

const withStatements = (statements: string): string => `{"Version":"2012-10-17","Statement":${statements}}`;

test.each(cases as readonly Case[])("fails when there is $name", ({ json, statements, error }) => {
  expect(() => parsePolicy(json ?? withStatements(statements ?? ""))).toThrow(error);
});

test("reads a foreign policy, with wildcards", () => {
  const json = '{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"*","Resource":["*"]}}';
  expect(parsePolicy(json)).toEqual({ id: "x", statements: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
});

test("reads booleans and numbers in conditions as AWS does", () => {
  const json = withStatements(
    '[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a":true},"NumericLessThan":{"b":[10,"9"]}}}]',
  );
  expect(parsePolicy(json).statements[0]?.Condition).toEqual({
    Bool: { a: "true" },
    NumericLessThan: { b: ["10", "9"] },
  });
});

test("takes the same key in two objects, and braces inside strings, for what they are", () => {
  const json = withStatements(
    '[{"Effect":"Deny","Action":"*","Resource":"a{\\"Effect\\":"},{"Effect":"Deny","Action":"*","Resource":"b"}]',
  );
  expect(parsePolicy(json).statements).toHaveLength(2);
});

test("undoes the escapes of Terraform only where asked", () => {
  const json = withStatements('[{"Effect":"Deny","Action":"*","Resource":"$${aws:userid}${aws_vpc.x.id}"}]');
  expect(parsePolicy(json, { from: "terraform" }).statements[0]?.Resource).toBe("${aws:userid}${aws_vpc.x.id}");
  expect(parsePolicy(json).statements[0]?.Resource).toBe("$${aws:userid}${aws_vpc.x.id}");
});

test("fails when a Terraform expression computes the whole policy", () => {
  expect(() => parsePolicy('${jsonencode({"Version" = "2012-10-17"})}', { from: "terraform" })).toThrow(
    "policy must be JSON, got",
  );
});

test("cuts a long value in the error text", () => {
  const message = (): string => {
    try {
      parsePolicy("x".repeat(500));
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(message()).toMatch(/^policy must be JSON, got "x+\.\.\.$/);
  expect(message().length).toBeLessThan(160);
});

test("keeps keys that JavaScript gives a meaning to", () => {
  const json = withStatements(
    '[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"__proto__":"x","constructor":"y"}}}]',
  );
  expect(Object.entries(parsePolicy(json).statements[0]?.Condition?.["StringEquals"] ?? {})).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
});
