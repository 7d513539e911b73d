import { chartOf } from "../../../constructs/guardrails/charts";
import { encodedIn } from "../../../constructs/guardrails/private/encoded";
import { StackJson } from "../../../constructs/guardrails/stack";
import { type BlockBody, UndecidedValue } from "../../../constructs/guardrails/value";

function chartWith(body: BlockBody, evaluate?: StackJson["evaluate"]): ReturnType<typeof chartOf> {
  const stack = StackJson.of("test", { resource: { helm_release: { one: body } } }, evaluate);
  const [block] = stack.blocks;
  return block && chartOf(block, stack);
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
  const stack = StackJson.of("test", { resource: { aws_s3_bucket: { one: {} } } });
  const [block] = stack.blocks;
  expect(block && chartOf(block, stack)).toBeUndefined();
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

test.each([
  ["values that are no YAML", { values: ["a: [\n", "b: 1\n"] }, ["values[0]"]],
  ["an alias of nothing", { values: ["a: *x\n", "b: 1\n"] }, ["values[0]"]],
  ["a text that is known at apply only", { values: ["${var.a}", "b: 1\n"] }, ["values[0]"]],
  ["an encoded value that is", { values: ["${yamlencode(local.a)}", "b: 1\n"] }, ["values[0]"]],
  ["two references side by side", { values: ["${var.a}${var.c}", "b: 1\n"] }, ["values[0]"]],
  ["blocks that are computed", { values: ["b: 1\n"], dynamic: { set: { for_each: "${var.a}" } } }, ["set"]],
  ["a list that is computed", { values: ["b: 1\n"], set: "${[for a in var.a : a]}" }, ["set"]],
  ["a name that is known at apply only", { values: ["b: 1\n"], set: [{ name: "${var.a}", value: "x" }] }, ["set"]],
  [
    "a name of SPIRE's that is",
    { values: ["b: 1\n"], chart: "spire", set: [{ name: "a.${var.a}", value: "x" }] },
    ["set"],
  ],
  [
    "an index that Helm refuses",
    {
      set: [
        { name: "b", value: 1 },
        { name: "a[65537]", value: "x" },
      ],
    },
    ["set"],
  ],
  [
    "an index without end",
    {
      set: [
        { name: "b", value: 1 },
        { name: "a[4000000000]", value: "x" },
      ],
    },
    ["set"],
  ],
  ["a member of a list", { values: ["b: 1\nl: [1]\n"], set: [{ name: "l.length", value: "x" }] }, ["set"]],
  ["an index of an unknown list", { values: ["b: 1\nl: ${var.l}\n"], set: [{ name: "l[0]", value: "x" }] }, ["set"]],
])("fails when it reads %s, and reads the rest", (_, body, unread) => {
  const chart = chartWith(body as unknown as BlockBody);
  expect(chart?.unread.map(({ at }) => at)).toEqual(unread);
  expect(chart?.unread.every((each) => each instanceof UndecidedValue)).toBe(true);
  expect(chart?.values["b"]).toBe(1);
});

test("a text that a reader knows is read", () => {
  const chart = chartWith({ values: ['${file("values.yaml")}'] }, () => "a: 1\n");
  expect([chart?.values["a"], chart?.unread]).toEqual([1, []]);
});

test("fails when a reader knows a reference alone", () => {
  expect(chartWith({ values: ["${var.a}"] }, () => "${var.a}")?.unread).toHaveLength(1);
});

test("an index is one of the list that the texts have", () => {
  const values = ["a: [x, {b: 1}]\n"];
  const set = [
    { name: "a[1].c", value: "2" },
    { name: "a[2]", value: "y" },
  ];
  expect(valuesOf({ values, set })).toEqual({ a: ["x", { b: 1, c: "2" }, "y"] });
});

test("a merge key gives its object", () => {
  expect(valuesOf({ values: ["a: &a {b: 1}\nc:\n  <<: *a\n  d: 2\n"] })).toMatchObject({ c: { b: 1, d: 2 } });
});

test("what is encoded between other text is an object", () => {
  expect(valuesOf({ values: ["a: ${jsonencode({ b = [true] })}\n"] })).toEqual({ a: { b: [true] } });
});

test("another name that is known at apply only stays as it is written", () => {
  expect(valuesOf({ chart: "nginx", set: [{ name: "a.${var.b}", value: "x" }] })).toEqual({ a: { "${var.b}": "x" } });
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
  ['${yamlencode({ ("a") = 1 })}', { a: 1 }],
  ['${yamlencode({ a = <<-EOT\n  5" {\n  EOT\n b = 1 })}', { a: '  5" {\n', b: 1 }],
  ["${yamlencode(", undefined],
  ["${yamldecode({})}", undefined],
  ["plain", undefined],
])("%s encodes what is written", (written, value) => {
  expect(encodedIn(written)).toEqual(value);
});

test("reading of a quote that does not end takes no longer with each reference behind it", () => {
  expect(encodedIn(`\${yamlencode({ a = 5" ${"${x}".repeat(2000)} })}`)).toBeDefined();
});

test.each(["${yamlencode({ a = })}", "${yamlencode({ = 1 })}", "${yamlencode(])})}", "${yamlencode({a)}"])(
  "reading of %s, which Terraform refuses, ends",
  (written) => {
    expect(() => encodedIn(written)).not.toThrow();
  },
);

test("local values that name one another many times over are followed to an end", () => {
  const names = Array.from({ length: 40 }, (_, index) => [`l${index}`, Array(2).fill(`\${local.l${index + 1}}`)]);
  const stack = StackJson.of("test", {
    locals: Object.fromEntries(names),
    resource: { helm_release: { one: { chart: "a", values: ["${yamlencode({ a = local.l0, b = 1 })}"] } } },
  });
  const block = stack.at("helm_release.one");
  expect(block && chartOf(block, stack)?.values["b"]).toBe(1);
});
