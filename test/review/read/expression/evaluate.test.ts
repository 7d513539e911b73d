import { Budget } from "../../../../review/read/expression/budget";
import { describe as description } from "../../../../review/read/expression/value-text";
import { evaluate, type Names } from "../../../../review/read/expression/evaluate";
import { parseTemplate } from "../../../../review/read/expression/parse";
import { pathText, valueAtPath } from "../../../../review/read/expression/path";
import { splitTemplateForm, toTemplateForm } from "../../../../review/read/expression/template-form";
import { Unknown, type Value } from "../../../../review/read/expression/value";

const KNOWN: Readonly<Record<string, Value>> = {
  name: "kb",
  port: 8080,
  list: ["a", "b"],
  map: { "a-b": { c: ["x", "y"] }, n: null },
  yes: true,
};

const names: Names = {
  lookUp: (root, path) =>
    root === "local" ? valueAtPath(KNOWN, path, new Budget()) : new Unknown(`${root}${pathText(path)}`),
  callImpure: () => undefined,
  budget: new Budget(),
};

/** As it is written in `values` */
const written = (template: string): unknown => {
  const budget = new Budget();
  return toTemplateForm(evaluate(parseTemplate(template), { ...names, budget }), budget);
};

const VALUES: readonly (readonly [template: string, value: unknown])[] = [
  ["plain", "plain"],
  ["", ""],
  ["${local.name}", "kb"],
  ["a-${local.name}-${local.port}-${local.yes}", "a-kb-8080-true"],
  ["${local.list}", ["a", "b"]],
  ["${local.list[1]}", "b"],
  ["${local.list.1}", "b"],
  ['${local.map["a-b"].c.1}', "y"],
  ["${local.map.a-b.c[0]}", "x"],
  ['${local[format("%s", "name")]}', "kb"],
  ["${(local.map).a-b.c[local.port - 8079]}", "y"],
  ["${1.5}", 1.5],
  ["${-2 + 3 * 4 - 6 / 2}", 7],
  ["${7 % 4 == 3 && !false || false}", true],
  ['${1 < 2 ? "yes" : "no"}', "yes"],
  ["${local.yes ? local.name : aws_x.y.z}", "kb"],
  ['${"a" == "b"}', false],
  ["${null}", null],
  ['${"nested ${local.name} \\"quoted\\" \\u00e9 \\n"}', 'nested kb "quoted" é \n'],
  ['${[1, "a", true,]}', [1, "a", true]],
  ['${{a = 1, "b": 2, (local.name) = 3}}', { a: 1, b: 2, kb: 3 }],
  ["${{a = 1\n b = 2}}", { a: 1, b: 2 }],
  ["${{}}", {}],
  ["${ /* a comment */ local.name # another\n}", "kb"],
  ["${<<EOT\nfirst ${local.name}\n  second \\n\nEOT\n}", "first kb\n  second \\n\n"],
  ["${<<-EOT\n    first\n      ${local.name}\n    EOT\n}", "first\n  kb\n"],
  [
    '${jsonencode({"Version" = "2012-10-17", "List" = [1, null, true]})}',
    '{"Version":"2012-10-17","List":[1,null,true]}',
  ],
  ['${jsondecode("{\\"a\\": [1]}").a[0]}', 1],
  ['${join("-", ["a", 1, local.name])}', "a-1-kb"],
  ['${join(",", local.list, ["c"])}', "a,b,c"],
  ['${format("%s/%d/100%%", local.name, 5)}', "kb/5/100%"],
  ['${concat(["a"], local.list)}', ["a", "a", "b"]],
  ["${merge({a = 1}, null, {a = 2, b = 3})}", { a: 2, b: 3 }],
  ['${lower("AbC")}${upper("d")}', "abcD"],
  ['${trimprefix("https://x", "https://")}${trimsuffix("y.z", ".z")}', "xy"],
  ['${replace("a.b.c", ".", "-")}', "a-b-c"],
  ['${split(",", "a,b")}', ["a", "b"]],
  ["${tostring(8080)}", "8080"],
  ['${toset(["b", "a", "b"])}', ["b", "a"]],
  ["${sensitive(local.name)}", "kb"],
  // An escape is plain text, and is written as it was.
  ["$${aws:username}", "$${aws:username}"],
  ["a $${x} %%{y} 100%", "a $${x} %%{y} 100%"],
  ['${"$${aws:username}"}', "$${aws:username}"],
  // What is not known keeps its place.
  ["${aws_s3_bucket.kb.arn}", "${aws_s3_bucket.kb.arn}"],
  ["${aws_s3_bucket.kb.arn}/*", "${aws_s3_bucket.kb.arn}/*"],
  ["${aws_s3_bucket.kb[0].arn}", "${aws_s3_bucket.kb[0].arn}"],
  ['${join("", [aws_x.y.arn, "/*"])}', "${aws_x.y.arn}/*"],
  ['${format("%s/*", aws_x.y.arn)}', "${aws_x.y.arn}/*"],
  ['${jsonencode({a = aws_x.y.arn, b = "x${aws_x.y.arn}"})}', '{"a":"${aws_x.y.arn}","b":"x${aws_x.y.arn}"}'],
  ['${jsondecode(jsonencode({a = "x${aws_x.y.arn}"})).a}', "x${aws_x.y.arn}"],
  ["${[aws_x.y.arn, 1]}", ["${aws_x.y.arn}", 1]],
];

test.each(VALUES)("%j is %j", (template, value) => {
  expect(written(template)).toEqual(value);
});

/** One symbol, whose text begins so */
const UNKNOWN: readonly (readonly [template: string, begins: string])[] = [
  ["${upper(aws_x.y.z)}", "upper(aws_x.y.z)"],
  ["${sha256(aws_x.y.z)}", "sha256(aws_x.y.z)"],
  ["${provider::aws::arn_parse(aws_x.y.z)}", "provider aws arn_parse(aws_x.y.z) #"],
  ["${aws_x.y.z ? 1 : 2}", "conditional [ aws_x.y.z ,1,2] #"],
  ["${aws_x.y.z + 1}", "operation [ aws_x.y.z ,1] #"],
  ["${9007199254740991 + 2}", "operation [9007199254740991,2] #"],
  ["${1 / 3}", "operation / [1,3] #"],
  ["${[for x in local.list : x]}", "for expression [for x in local.list x] [["],
  ["${{for k, v in local.map : k => v... if v != null}}", "for expression"],
  ["${aws_x.y[*].arn}", "index aws_x [ aws_x.y ,["],
  ["${aws_x.y.*.arn}", "index aws_x"],
  ["a%{ if local.yes }b%{ endif }", "template with directives a if local.yes b endif [true] #"],
  ["%{ for x in local.list ~}${x}%{ endfor }", "template with directives"],
  ["a ${~ local.name ~} b", "template that trims"],
  ["a ${local.list}", "no text [ a , b ] #"],
  ["${concat(local.list...)}", "concat(spread ... [[ a , b ]]"],
  ['${replace("a", "/a/", "b")}', "replace( a , /a/ , b ) #"],
  ['${format("%q", "a")}', "format( q , a ) #"],
  ['${format("%s")}', "format( s ) #"],
  ['${format("a%", 1)}', "format("],
  ['${jsondecode("{\\"a\\":1,\\"a\\":2}")}', "jsondecode("],
  ["${local.list[7]}", "nothing at .list[7] of"],
  ["${local.none}", "nothing at .none of"],
  ["${{a = 1, a = 2}}", "object [[ a ,1],[ a ,2]] #"],
  ["${{(aws_x.y.z) = 1}}", "object [[ aws_x.y.z ,1]] #"],
];

test.each(UNKNOWN)("%j is not known, and says why", (template, begins) => {
  const text = JSON.stringify(written(template));
  const [, symbol = ""] = /\$\{([^}]*)\}/.exec(text) ?? [];
  expect(symbol.startsWith(begins)).toBe(true);
  expect(symbol).not.toBe("");
  expect(symbol).toMatch(/^[\w./()[\], #-]+$/);
});

const MALFORMED: readonly (readonly [template: string, message: RegExp])[] = [
  ["${", /^expected a value at character 2$/],
  ["${}", /^expected a value at character 2$/],
  ["${a", /^expected "}" at character 3$/],
  ["${a b}", /^expected "}" at character 4$/],
  ["${aws:PrincipalTag/agent}", /^expected "}" at character 5$/],
  ["${'a'}", /^expected a token at character 2$/],
  ['${"a}', /^expected a closing quote at character 5$/],
  ['${"a\nb"}', /^expected an escape such as .*, or the closing quote on the same line at character 4$/],
  ['${"\\x"}', /^expected an escape/],
  ['${"\\UFFFFFFFF"}', /^expected a character that Unicode has/],
  ["${f(}", /^expected a value at character 4$/],
  ["${[1}", /^expected "]" at character 4$/],
  ["${{a}}", /^expected ":" at character 4$/],
  ["${a.}", /^expected a name after the dot at character 4$/],
  ["${a ? b}", /^expected ":" at character 7$/],
  ["${/* }", /^expected the end of the comment that begins at character 2$/],
  ["${<<EOT\na\n}", /^expected the line EOT at character 11$/],
  ["$$${a}", /^expected fewer than three "\$" at character 0$/],
  ["%{ while x }", /^expected if, else, endif, for or endfor/],
  ["${x::y}", /^expected "\("/],
  [`\${${"(".repeat(200)}`, /^nested more than 100 levels deep$/],
  [`\${${"!".repeat(200)}a}`, /^nested more than 100 levels deep$/],
  [`\${${'"${'.repeat(200)}`, /^nested more than 100 levels deep$/],
];

test.each(MALFORMED)("fails when it cannot be read to its end: %j", (template, message) => {
  expect(() => parseTemplate(template)).toThrow(message);
});

test("long chains of operators take no depth", () => {
  expect(written(`\${0${" + 1".repeat(10_000)}}`)).toBe(10_000);
});

test("a symbol differs where an input differs that it does not show", () => {
  expect(written('${sha256("a${aws_x.y.z}")}')).not.toBe(written('${sha256("b${aws_x.y.z}")}'));
  expect(written("${[for x in local.list : x]}")).not.toBe(written("${[for x in local.map : x]}"));
});

test("a dollar before a reference is not taken for an escape", () => {
  const [only, ...more] = splitTemplateForm(String(written('${"$"}${aws_x.y.z}')));
  expect([typeof only, more]).toEqual(["object", []]);
});

test("text that looks like a symbol is described otherwise", () => {
  const budget = new Budget();
  const [plain, symbol] = ['${"x$${aws_x.y.z}"}', "x${aws_x.y.z}"].map((template) =>
    description(evaluate(parseTemplate(template), names), budget),
  );
  expect(plain).not.toBe(symbol);
});
