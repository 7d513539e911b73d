import { chartOf } from "../../../constructs/guardrails/charts";
import { encodedIn } from "../../../constructs/guardrails/private/encoded";
import { StackJson } from "../../../constructs/guardrails/stack";
import { type BlockBody, UndecidedValue } from "../../../constructs/guardrails/value";

function chartWith(body: BlockBody): ReturnType<typeof chartOf> {
  const [block] = StackJson.of("test", { resource: { helm_release: { one: body } } }).blocks;
  return block && chartOf(block);
}

const valuesOf = (body: BlockBody): unknown => JSON.parse(JSON.stringify(chartWith(body)?.values));

test.each([
  ["spire", "spire"],
  ["spiffe/spire", "spire"],
  ["oci://ghcr.io/spiffe/helm-charts/spire-nested", "spire-nested"],
  ["./charts/spire-0.30.0.tgz", "spire"],
  ["${path.module}/charts/spire/", "spire"],
])("the chart %s is named %s", (chart, name) => {
  expect(chartWith({ chart })?.name).toBe(name);
});

test("no other resource has a chart", () => {
  const [block] = StackJson.of("test", { resource: { aws_s3_bucket: { one: {} } } }).blocks;
  expect(block && chartOf(block)).toBeUndefined();
});

test("a later value takes the place of an earlier one, and objects are merged", () => {
  const values = ["a: {b: 1, c: 2}\nlist: [1, 2]\n", "a: {b: 3}\nlist: [4]\n"];
  const set = [{ name: "a.c", value: "5" }];
  expect(valuesOf({ values, set, set_sensitive: [{ name: "a.c", value: "6" }] })).toEqual({
    a: { b: 3, c: "6" },
    list: [4],
  });
});

test.each([
  ["a path", { name: "a.b.c", value: "x" }, { a: { b: { c: "x" } } }],
  ["a name with dots", { name: "a\\.b.c", value: "x" }, { "a.b": { c: "x" } }],
  ["an index", { name: "a[1].b", value: "x" }, { a: [null, { b: "x" }] }],
  ["a boolean", { name: "a", value: "true" }, { a: true }],
  ["a text that looks like a boolean", { name: "a", value: "true", type: "string" }, { a: "true" }],
  ["a list", { name: "a", value: "{x,true}" }, { a: ["x", true] }],
  ["an empty list", { name: "a", value: "{}" }, { a: [] }],
  ["another name behind a comma", { name: "a", value: "x,b.c=true" }, { a: "x", b: { c: true } }],
  ["a comma that is escaped", { name: "a", value: "x\\,b=true" }, { a: "x,b=true" }],
  ["a chart's own value that is taken away", { name: "a", value: "null" }, { a: null }],
  [
    "a name of JavaScript's",
    { name: "constructor.prototype.a", value: "x" },
    { constructor: { prototype: { a: "x" } } },
  ],
])("set writes %s", (_, set, values) => {
  expect(valuesOf({ set })).toEqual(values);
});

test("set_list writes a list, also of what has commas", () => {
  expect(valuesOf({ set_list: [{ name: "a.b", value: ["x,y=1", "z"] }] })).toEqual({ a: { b: ["x,y=1", "z"] } });
});

test("a text that is known at apply only is left out", () => {
  expect(valuesOf({ values: ['${file("values.yaml")}', "a: 1\n"] })).toEqual({ a: 1 });
});

test("references stay as they are written", () => {
  expect(valuesOf({ values: ["a: ${var.a}\n"], set: [{ name: "b", value: "${var.b}" }] })).toEqual({
    a: "${var.a}",
    b: "${var.b}",
  });
});

test("fails when values are no YAML", () => {
  expect(() => chartWith({ values: ["a: [\n"] })).toThrow(UndecidedValue);
});

test.each([
  ["${yamlencode({})}", {}],
  ['${jsonencode({"a" = true, "b": [1, -2.5, null], })}', { a: true, b: [1, -2.5, null] }],
  ["${yamlencode({\n  a = { b = false } # why\n  c = [\n    { d = 1 },\n  ]\n})}", { a: { b: false }, c: [{ d: 1 }] }],
  [
    '${yamlencode({ a = var.b, c = "x${var.d}/y", e = join(",", [var.f, "}"]) })}',
    {
      a: "${var.b}",
      c: "x${var.d}/y",
      e: '${join(",", [var.f, "}"])}',
    },
  ],
  ['${yamlencode({ (var.a) = 1, "b c" = "\\"" })}', { "(var.a)": 1, "b c": '"' }],
  ["${yamlencode([for each in var.all : each])}", "${[for each in var.all : each]}"],
  ["${yamlencode({ a = var.b ? true : false\n c = 1 })}", { a: "${var.b ? true : false}", c: 1 }],
  ["${yamlencode(", undefined],
  ["${yamldecode({})}", undefined],
  ["plain", undefined],
])("%s encodes what is written", (written, value) => {
  expect(encodedIn(written)).toEqual(value);
});

test.each(["${yamlencode({ a = })}", "${yamlencode({ = 1 })}", "${yamlencode(])})}", "${yamlencode({a)}"])(
  "reading of %s, which Terraform refuses, ends",
  (written) => {
    expect(() => encodedIn(written)).not.toThrow();
  },
);
