import fc from "fast-check";
import type { Estate } from "../../../review/read/estate";
import { policyIn } from "../../../review/read/policy-in";
import { ReadError } from "../../../review/read/read-error";
import { synthesize } from "../../support/example-app";
import { estateOf, type Files, filesOf } from "../../support/review/folders";
import { depth } from "../../support/depth";

const SMALL = "stacks/agents/cdk.tf.json";
const TEXT = String(filesOf(synthesize())[SMALL]);

/** Everything that a reader of an estate asks for; refused as a whole, with the file, or answered */
function isRefusedOrRead(files: Files): void {
  let estate: Estate;
  try {
    estate = estateOf(files);
  } catch (error) {
    expect(error).toBeInstanceOf(ReadError);
    expect((error as ReadError).message.startsWith((error as ReadError).file)).toBe(true);
    expect((error as ReadError).file).not.toBe("");
    return;
  }
  for (const resource of estate.resources) {
    for (const [attribute, value] of Object.entries(resource.values)) {
      if (typeof value !== "string") continue;
      const read = policyIn(resource, attribute, estate);
      expect("unknown" in read ? read.unknown : read.statements.length).toBeTruthy();
    }
    expect(JSON.stringify(resource.values)).not.toMatch(/(?<!\$)\$\{\}/);
    expect(estate.attribute(resource, "arn")).not.toBe("");
  }
}

const PIECES = [
  '"', "\\", "{", "}", "[", "]", ",", ":", "${", "$${", "%{", "%{ if x }", "null", "-1e999", "\\ud800", "\u0000", "\ufeff",
  '"__proto__":{},', '"dynamic":{"a":{}},', '"count":2,', "${local.a}", "${jsonencode(", "//",
]; // prettier-ignore

test("any edit of a stack's text is refused with its file, or read", () => {
  const edit = fc.record({ at: fc.nat(TEXT.length), cut: fc.nat(40), piece: fc.constantFrom("", ...PIECES) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      const text = edits.reduce((all, { at, cut, piece }) => all.slice(0, at) + piece + all.slice(at + cut), TEXT);
      isRefusedOrRead({ [SMALL]: text });
    }),
    { numRuns: depth(150) },
  );
});

/** Every place in the parsed stack that holds a value */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))];
}

const PLACES = placesIn(JSON.parse(TEXT)).filter((path) => path.length > 0);

function replaced(path: readonly string[], value: unknown): string {
  const copy = JSON.parse(TEXT) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((object, key) => object[key] as Record<string, unknown>, copy);
  parent[path.at(-1) as string] = value;
  return JSON.stringify(copy);
}

const expression = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      "1",
      "true",
      "null",
      '"x"',
      "local.a",
      "aws_iam_role.r.arn",
      "data.x.y[0].z",
      "each.value",
      "var.v",
    ),
    fc.tuple(fc.constantFrom("jsonencode", "join", "format", "merge", "file", "x::y", "concat"), tie("any"), tie("any"))
      .map(([name, a, b]) => `${name}(${String(a)}, ${String(b)})`), // prettier-ignore
    fc
      .tuple(tie("any"), fc.constantFrom("+", "==", "&&", "?", ".", "[", "...", ":"), tie("any"))
      .map((all) => all.join(" ")),
    tie("any").map((inner) => `[${String(inner)}]`),
    tie("any").map((inner) => `{"k" = ${String(inner)}}`),
    tie("any").map((inner) => `[for x in ${String(inner)} : x]`),
    tie("any").map((inner) => `"a\${${String(inner)}}b"`),
    tie("any").map((inner) => `(${String(inner)})`),
    tie("any").map((inner) => `<<A\n\${${String(inner)}}\nA\n`),
  ),
}));

test("any value in any place is refused with its file, or read", () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    (expression.any as fc.Arbitrary<string>).map((text) => `\${${text}}`),
    fc
      .tuple(fc.string({ unit: "binary" }), expression.any as fc.Arbitrary<string>)
      .map(([a, b]) => `${a}\${${b}}%{${a}`),
  );
  fc.assert(
    fc.property(fc.constantFrom(...PLACES), value, (path, given) => {
      isRefusedOrRead({ [SMALL]: replaced(path, given) });
    }),
    { numRuns: depth(150) },
  );
});

test("any expression is a value, or a symbol that says why not", () => {
  const text = fc.oneof(
    (expression.any as fc.Arbitrary<string>).map((inner) => `\${${inner}}`),
    fc
      .array(fc.constantFrom(...PIECES, "a", " ", "(", ")", ".", "\n", "=", "for", "<<E\n", "~"), { maxLength: 12 })
      .map((all) => `\${${all.join("")}`),
    fc.string({ unit: "binary" }).map((inner) => `\${${inner}}`),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
      const arguments_ = Object.fromEntries(texts.map((each, index) => [`a${index}`, each]));
      const json = JSON.stringify({ locals: { a: "${local.b}" }, resource: { probe: { it: arguments_ } } });
      const { values } = estateOf({ "a.tf.json": json }).resources[0]!;
      for (const index of texts.keys()) {
        const written = JSON.stringify(values[`a${index}`]);
        expect(written).toBeDefined();
        for (const [, symbol] of written.matchAll(/(?<!\$)\$\{([^}]*)\}/g))
          expect(symbol).toMatch(/^[\w./()[\], #-]+$/);
      }
    }),
    { numRuns: depth(300) },
  );
});

test("any manifest is refused, or names stacks of the folder only", () => {
  const path = fc.oneof(
    fc.constantFrom(SMALL, "../x", "/etc/passwd", "stacks/../x", "stacks\\agents", "ambit/registry.json"),
    fc.string(),
    fc.jsonValue(),
  );
  const manifest = fc.dictionary(fc.string(), fc.record({ synthesizedStackPath: path }), { maxKeys: 3 });
  fc.assert(
    fc.property(fc.oneof(manifest, fc.jsonValue()), (stacks) => {
      isRefusedOrRead({
        [SMALL]: '{"resource":{}}',
        "manifest.json": JSON.stringify({ stacks }),
        "x/cdk.tf.json": "{}",
      });
    }),
    { numRuns: depth(100) },
  );
});
