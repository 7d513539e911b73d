import { constantsIn, isAlwaysTrue } from "../../../constructs/guardrails/private/always-true";
import { openPermits } from "../../../constructs/guardrails/private/cedar";
import { truthOf } from "../../../constructs/guardrails/private/truth";

test.each<readonly [string, boolean | undefined]>([
  ["true", true],
  ["!false", true],
  ["1 == 1", true],
  ["1 != 1", false],
  ["1 == 2", false],
  ["2 > 1", true],
  ["1 >= 1", true],
  ["-1 < 0", true],
  ["1 <= 0", false],
  ["'a' == \"a\"", true],
  ['"a" == "b"', false],
  ["request.path == request.path", true],
  ["request.path != request.path", false],
  ["(true)", true],
  ["((1 == 1) && !(1 == 2))", true],
  ["true || jwt.sub == 'a'", true],
  ["jwt.sub == 'a' || true", true],
  ["has(jwt.sub) || !has(jwt.sub)", true],
  ["has(jwt.sub) && !has(jwt.sub)", false],
  ["false && jwt.sub == 'a'", false],
  ["false ? jwt.sub == 'a' : true", true],
  ["jwt.admin ? true : true", true],
  ["if true then true else false", true],
  ["if principal.admin then true else false", undefined],
  ["jwt.sub == 'a'", undefined],
  ["jwt.sub == 'true'", undefined],
  ["mcp.tool.name == 'true || true'", undefined],
  ["!has(jwt.sub)", undefined],
  ["jwt.sub in ['a', 'b']", undefined],
  ["true && jwt.sub == 'a'", undefined],
  ["f(true || x)", undefined],
  ["(1 + 1) == 2", undefined],
  ["'a' < 'b'", undefined],
  ["true false", undefined],
  ["true )", undefined],
  ["", undefined],
  ["((", undefined],
])("%s holds for each request: %s", (expression, holds) => {
  expect(truthOf(expression)).toBe(holds);
});

test.each<readonly [string, number]>([
  ["permit(principal, action, resource) when { 1 == 1 };", 1],
  ["permit(principal, action, resource) when { principal == principal } unless { 1 == 2 };", 1],
  ['permit(principal, action, resource) when { "a" == "a" || context.x };', 1],
  ['permit(principal, action, resource) when { "a" == "b" };', 0],
  ["permit(principal, action, resource) when { true } unless { context.blocked };", 0],
  ["permit(principal, action, resource) unless { true };", 0],
  ['permit(principal, action, resource) when { context.text == "when { true }" };', 0],
  ["permit(principal, action, resource) when { context.a == { b: 1 } };", 0],
])("%s has %d open policies", (statement, count) => {
  expect(openPermits(statement)).toHaveLength(count);
});

test.each<readonly [string, boolean]>([
  ["1 == 1", true],
  ["not 1 == 2", true],
  ["x := 1\nx == 1", true],
  ['x := "a"; x == "a"; not x == "b"', true],
  ["x := true\nx", true],
  ["everyone", true],
  ["x := input", true],
  ['startswith(input.path, "")', true],
  ["regex.match(`.*`, input.user)", true],
  ["x := 1\nx == 2", false],
  ["x := true\nx := false\nx == input.y", false],
  ["input.user == everyone", false],
  [`role = "admin"`, false],
  ["not input.blocked", false],
  ['startswith(input.path, "/a")', false],
  ["regex.match(`^a.*`, input.user)", false],
  ["input.everyone", false],
  ["someone", false],
  ["x := input.user", false],
])("a body of Rego %j is always true: %s", (body, holds) => {
  expect(isAlwaysTrue(body, false, new Map([["everyone", "true"]]))).toBe(holds);
});

test("rules without a condition are known by name and value", () => {
  const policy =
    'a := true\nb if { true }\nc = true { true }\ndefault d := true\ne := true if { input.x }\nf := false\ng if true\nh = 1\ni := "x"\n  j := 1\n';
  expect([...constantsIn(policy)].sort()).toEqual([
    ["a", "true"],
    ["b", "true"],
    ["c", "true"],
    ["d", "true"],
    ["g", "true"],
    ["h", "1"],
    ["i", '"x"'],
  ]);
});

test.each([
  ["a rule of another value", "level := 1", "not level == 1"],
  ["a rule of that value", "level := 1", "level == 2"],
])("fails to hold: %s", (_, policy, body) => {
  expect(isAlwaysTrue(body, false, constantsIn(policy))).toBe(false);
});
