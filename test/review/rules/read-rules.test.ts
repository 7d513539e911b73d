import { ReadError } from "../../../review/read/read-error";
import { readRules } from "../../../review/rules/read-rules";
import refused from "../../cases/review/rules-refused.json";
import { EXAMPLE } from "./example-rules";

const NOW = new Date("2026-01-01T12:00:00Z");
const FILE = "ambit.review.json";

const read = (text: string | Buffer) => readRules(Buffer.from(text), FILE, NOW);
const written = (document: unknown) => JSON.stringify(document, null, 2);

type Tree = Record<string, unknown>;

interface Refused {
  readonly name: string;
  readonly at: string;
  readonly set?: Tree;
  readonly take?: readonly string[];
  readonly json?: string;
  readonly says: string;
}

/** The text of the example with an object of it changed */
function edited({ at, set = {}, take = [], json }: Refused): string {
  const document = structuredClone(EXAMPLE) as unknown as Tree;
  const keys = at === "" ? [] : at.split("/");
  const object = keys.reduce<Tree>((value, key) => value[key] as Tree, document);
  Object.assign(object, set, json === undefined ? {} : { here: "JSON" });
  for (const key of take) delete object[key];
  return json === undefined ? written(document) : written(document).replace(/"here": "JSON"/, json.slice(1, -1));
}

test("reads the example, with safe defaults for the rest", () => {
  expect(read(written(EXAMPLE))).toMatchObject({ version: "ambit.review-rules/1", guarded: ["fleet/platform.ts"] });
  expect(read(`{"version":"ambit.review-rules/1","default":{"approvers":["@acme/platform"]}}`)).toEqual({
    version: "ambit.review-rules/1",
    approvals: [],
    default: { approvers: ["@acme/platform"], count: 1 },
    acknowledged: [],
    guarded: [],
    unguarded: [],
  });
});

test.each(refused as readonly Refused[])("fails when $name", (one) => {
  let error: unknown;
  try {
    read(edited(one));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ReadError);
  expect((error as Error).message).toContain(one.says);
  expect((error as Error).message.startsWith(`${FILE}: `)).toBe(true);
});

test.each<readonly [string, string | Buffer, string]>([
  ["is empty", "", "must be JSON: "],
  ["is no JSON", "{ version: 1 }", "must be JSON: "],
  ["has a comment", `// rules\n${written(EXAMPLE)}`, "must be JSON: "],
  ["is a list", "[]", "invalid input: expected object"],
  ["is null", "null", "invalid input: expected object"],
  ["is not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "must be UTF-8"],
  ["begins with a byte order mark", `\ufeff${written(EXAMPLE)}`, "must be JSON: "],
  [
    "holds a key twice",
    `{"version":"ambit.review-rules/1","default":{"approvers":["@a"],"approvers":["@b"]}}`,
    "default.approvers: is written twice",
  ],
  [
    "holds a key twice, once in other letters",
    `{"version":"ambit.review-rules/1","acknowledged":[],"default":{"approvers":["@a"]},"\\u0061cknowledged":[]}`,
    "acknowledged: is written twice",
  ],
])("fails when the file %s", (_, text, says) => {
  expect(() => read(text)).toThrow(ReadError);
  expect(() => read(text)).toThrow(`${FILE}: ${says}`);
});

test("an error shows nothing that moves a cursor", () => {
  const text = written({ ...EXAMPLE, "\u001b[2J": 1 });
  expect(() => read(text)).toThrow("ambit.review.json: \\u{1b}[2J: no such key is known");
});

test("what has expired can still be read", () => {
  const [first, ...others] = EXAMPLE.acknowledged ?? [];
  const document = { ...EXAMPLE, acknowledged: [{ ...first, until: "2020-01-01" }, ...others] };
  expect(read(written(document)).acknowledged).toHaveLength(2);
});
