import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { formatPolicies, validate } from "@cedar-policy/cedar-wasm/nodejs";
import { OBSERVABLE, REASONS } from "../../domain";
import { cedarSources, CedarSourceError } from "../../policies/cedar-sources";
import { policyToJson, type PolicyJson } from "../../policies/cedar-wasm";
import { CEDAR_FOLDER } from "../../policies/paths";
import { temporaryFolder } from "../support/bundles";

/** Quotas of Amazon Verified Permissions, in bytes but the last, which is in characters */
const VERIFIED_PERMISSIONS = { policy: 10_000, schema: 200_000, policies: 200_000, description: 150 };

const { schema, schemaJson, policies } = cedarSources();
const jsonOf = (text: string): PolicyJson => {
  const answer = policyToJson(text);
  if (answer.type === "failure") throw new Error(answer.errors[0]?.message);
  return answer.json;
};
const decided = Object.keys(REASONS).filter((code) => !/^(input|engine)\./.test(code));
const idsOf = (effect: string): readonly string[] =>
  policies.filter(({ text }) => jsonOf(text).effect === effect).map(({ id }) => id);

describe("the policies", () => {
  test("are valid in strict mode, without a warning", () => {
    const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
    expect(validate({ schema, policies: { staticPolicies }, validationSettings: { mode: "strict" } })).toEqual({
      type: "success",
      validationErrors: [],
      validationWarnings: [],
      otherWarnings: [],
    });
  });

  test("refuse by one forbid for every reason that an engine can give, and for no other", () => {
    expect([...idsOf("forbid")].sort()).toEqual([...decided].sort());
  });

  test("permit by one policy; the other permits note what is observable", () => {
    expect([...idsOf("permit")].sort()).toEqual(["allow", ...OBSERVABLE.map((code) => `observed:${code}`)].sort());
  });

  test.each(OBSERVABLE)("note %s where it would be refused, were it not observed", (code) => {
    const observing = ["context has observeUntil", "context.time < context.observeUntil", "context.mark < 2"];
    const conditionOf = (id: string): readonly string[] => {
      const { text = "" } = policies.find((policy) => policy.id === id) ?? {};
      return (/when\s*\{(.*)\}/s.exec(text)?.[1] ?? "").split(/&&(?![^(]*\))/).map((part) => part.trim());
    };
    const refused = conditionOf(code);
    expect(refused.at(-1)).toBe(`!(${observing.join(" && ")})`);
    expect([...conditionOf(`observed:${code}`)].sort()).toEqual([...refused.slice(0, -1), ...observing].sort());
  });

  test("name their file and line, and say what they refuse", () => {
    expect(policies.find(({ id }) => id === "session.idle")).toMatchObject({
      name: "session-idle",
      description: "session.idle: nothing happened in the session for too long",
      source: expect.stringMatching(/^policies\/cedar\/lifetime\.cedar:\d+$/),
    });
    for (const { id, source } of policies) {
      const [file = "", line] = source.split(":");
      expect(readFileSync(file, "utf8").split("\n")[Number(line) - 1]).toBe(`@id("${id}")`);
    }
  });

  test.each(readdirSync(CEDAR_FOLDER).filter((name) => name.endsWith(".cedar")))("%s is formatted", (name) => {
    const policyText = readFileSync(join(CEDAR_FOLDER, name), "utf8");
    expect(formatPolicies({ policyText, lineWidth: 120, indentWidth: 2 })).toEqual({
      type: "success",
      formatted_policy: policyText,
    });
  });
});

describe("Amazon Verified Permissions", () => {
  const bytes = policies.map(({ text }) => Buffer.byteLength(text));

  test("takes policies and schema of their size", () => {
    expect(Math.max(...bytes)).toBeLessThanOrEqual(VERIFIED_PERMISSIONS.policy);
    expect(bytes.reduce((sum, each) => sum + each)).toBeLessThanOrEqual(VERIFIED_PERMISSIONS.policies);
    expect(Buffer.byteLength(schemaJson)).toBeLessThanOrEqual(VERIFIED_PERMISSIONS.schema);
    const longest = Math.max(...policies.map(({ description }) => description.length));
    expect(longest).toBeLessThan(VERIFIED_PERMISSIONS.description);
  });

  test("takes names, each of another policy", () => {
    expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
    expect(policies.filter(({ name }) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
  });

  test("takes one namespace, of plain entities and the documented types", () => {
    const parsed = JSON.parse(schemaJson);
    expect(Object.keys(parsed)).toEqual(["Ambit"]);
    expect(Object.keys(parsed.Ambit).sort()).toEqual(["actions", "entityTypes"]);
    expect(parsed.Ambit.entityTypes).toEqual({ Agent: {}, Task: {} });
    const types = [...schemaJson.matchAll(/"type":"(\w+)"/g)].map(([, type]) => type);
    expect([...new Set(types)].sort()).toEqual(["Boolean", "Long", "Record", "Set", "String"]);
  });

  test("reads the schema in JSON as Cedar reads the written one", () => {
    const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
    const answer = validate({ schema: JSON.parse(schemaJson), policies: { staticPolicies } });
    expect(answer).toMatchObject({ type: "success", validationErrors: [], validationWarnings: [] });
  });

  test("knows every operator", () => {
    const operators = new Set(policies.flatMap(({ text }) => [...keysOf(jsonOf(text).conditions)]));
    const known = ["!", "!=", "&&", "+", "-", ".", "<", "==", ">", ">=", "contains", "containsAll", "has", "||"];
    expect([...operators].sort()).toEqual(known);
    expect(policies.filter(({ text }) => jsonOf(text).principal.op !== "All")).toEqual([]);
  });
});

/** Operators of the JSON form of expressions */
function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== "object" || value === null) return [];
  const structure = ["left", "right", "arg", "attr", "Var", "Value", "kind", "body"];
  return Object.entries(value).flatMap(([key, inner]) => [...(structure.includes(key) ? [] : [key]), ...keysOf(inner)]);
}

describe("policies of the platform's own", () => {
  const folder = temporaryFolder("cedar");
  const FORBID = "forbid (principal, action, resource)";

  function withFiles(name: string, files: Readonly<Record<string, string>>): string {
    const custom = join(folder, name);
    mkdirSync(custom);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(custom, file), text);
    return custom;
  }

  /** The problems, with the folder's name cut off */
  function problemsOf(name: string, files: Readonly<Record<string, string>>): readonly string[] {
    const custom = withFiles(name, files);
    try {
      cedarSources({ custom });
    } catch (error) {
      expect(error).toBeInstanceOf(CedarSourceError);
      return (error as Error).message.replaceAll(`${relative(process.cwd(), custom)}/`, "").split("\n");
    }
    return [];
  }

  test("stand beside Ambit's, and need no more than an id and a forbid", () => {
    const text = `@id("custom.night.freeze-2")\n${FORBID}\nwhen { context.time > 5 && context has user };`;
    const custom = withFiles("own", { "night.cedar": `// why\n\n${text}\n`, "README.md": "no policy" });
    const all = cedarSources({ custom });
    expect(all.schema).toBe(schema);
    expect(all.policies.slice(0, -1)).toEqual(policies);
    expect(all.policies.at(-1)).toEqual({
      id: "custom.night.freeze-2",
      name: "custom-night-freeze-2",
      text,
      description: "custom.night.freeze-2: a rule of the platform's own",
      source: `${relative(process.cwd(), custom)}/night.cedar:3`,
    });
  });

  const MUST_BE = '@id must be custom. and words of lower case letters and digits, joined by "." or "-"';

  test.each([
    [
      "a permit",
      '@id("custom.a")\npermit (principal, action, resource);',
      "1: a policy of the platform's own can only refuse: write forbid, got permit",
    ],
    ["a policy without id", `\n\n${FORBID};`, '3: give the policy an @id("…")'],
    ["another id", `@id("run.late")\n${FORBID};`, `1: ${MUST_BE}, got "run.late"`],
    ["nothing after custom", `@id("custom.")\n${FORBID};`, `1: ${MUST_BE}, got "custom."`],
    [
      "a fact that there is not",
      `@id("custom.a")\n${FORBID}\nwhen {\n  context.tim > 5\n};`,
      "4: attribute `tim` in context for Ambit::Action::… not found: did you mean `time`?",
    ],
    [
      "an optional fact that it does not ask for first",
      `// ä, which is two bytes\n@id("custom.a")\n${FORBID}\nwhen { context.user ==\n  "x" };`,
      "4: unable to guarantee safety of access to optional attribute `user` in context for Ambit::Action::…: " +
        "try testing for the attribute's presence with `context has user && ..`",
    ],
    [
      "a condition that never holds",
      `@id("custom.a")\n${FORBID}\nwhen { context has nothing };`,
      "1: policy is impossible: the policy expression evaluates to false for all valid requests",
    ],
    [
      "a fact of another type",
      `@id("custom.a")\n${FORBID}\nwhen { context.start == "éé" &&\n context.time > "5" };`,
      "4: unexpected type: expected Long but saw String",
    ],
    [
      "an action that there is not",
      '@id("custom.a")\nforbid (principal, action == Ambit::Action::"delete", resource);',
      "2: unrecognized action `Ambit::Action::…`: did you mean `Ambit::Action::…`?",
    ],
    [
      "a policy without end",
      `@id("custom.a")\n${FORBID}\nwhen { context.time > 5`,
      "3: unexpected end of input: expected ",
    ],
    ["what is no Cedar", "deny everything;", "1: unexpected token `everything`: expected "],
    [
      "a template",
      '@id("custom.a")\nforbid (principal == ?principal, action, resource);',
      "2: expected a static policy, got a template containing the slot ?principal",
    ],
  ])("fail for %s, with file and line", (name, text, problem) => {
    const problems = problemsOf(name, { "a.cedar": `${text}\n` });
    expect(problems).toHaveLength(1);
    const shown = problems[0]?.replaceAll(/(?<=Ambit::Action::)"\w+"/g, "…") ?? "";
    expect(shown.slice(0, `a.cedar:${problem}`.length)).toBe(`a.cedar:${problem}`);
  });

  test("fail for an id that stands twice, also in another file", () => {
    const policy = `@id("custom.a")\n${FORBID};\n`;
    expect(problemsOf("twice", { "a.cedar": policy, "b.cedar": `${policy}\n${policy}` })).toEqual([
      'b.cedar:1: @id "custom.a" stands at a.cedar:1 too: give it another',
      'b.cedar:4: @id "custom.a" stands at a.cedar:1 too: give it another',
    ]);
  });

  test("fail for every problem at once", () => {
    const files = { "a.cedar": `${FORBID};\ndeny;\n`, "b.cedar": "permit (principal, action, resource);" };
    expect(problemsOf("several", files).map((problem) => problem.split(":").slice(0, 2))).toEqual([
      ["a.cedar", "1"],
      ["a.cedar", "2"],
      ["b.cedar", "1"],
    ]);
  });

  test("fail for a folder without policies, and for one that there is not", () => {
    const empty = withFiles("empty", { "README.md": "" });
    expect(() => cedarSources({ custom: empty })).toThrow(
      new CedarSourceError(`there are no policies in ${empty}: name a folder with .cedar files`),
    );
    expect(() => cedarSources({ custom: join(folder, "nowhere") })).toThrow(/ENOENT.*nowhere/);
  });
});
