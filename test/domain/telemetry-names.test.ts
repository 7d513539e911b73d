import { ATTRIBUTES, CONVENTIONS, METRICS, OPERATIONS, TRACE_HEADER } from "../../domain/telemetry-names";
import { type SourceFile, sourcesBelow } from "../support/sources";

const HOME = "domain/telemetry-names.ts";
const SOURCES = ["cli", "constructs", "domain", "policies", "runtime", "stacks"].flatMap(sourcesBelow);
const ATTRIBUTE_NAMES = Object.values(ATTRIBUTES);
const METRIC_NAMES = Object.values(METRICS).map(({ name }) => name);

/** Texts of a file that look like names of OpenTelemetry, and are none of ours */
function telemetryNames({ text }: SourceFile): readonly string[] {
  const literals = [...text.matchAll(/"([^"\n]+)"|`([^`\n]+)`/g)].map(([, one, other]) => one ?? other ?? "");
  const known: readonly string[] = [
    ...ATTRIBUTE_NAMES,
    ...METRIC_NAMES,
    TRACE_HEADER,
    OPERATIONS.call,
    OPERATIONS.handOn,
  ];
  return literals.filter(
    (text) => known.includes(text) || /^(?:gen_ai|http\.(?:request|response|server))\b/.test(text),
  );
}

test("no name of telemetry stands anywhere but in its file", () => {
  const found = SOURCES.filter(({ path }) => path !== HOME).flatMap((file) =>
    telemetryNames(file).map((name) => `${file.path}: ${name}`),
  );
  expect(found).toEqual([]);
});

test("the search finds one where it stands", () => {
  const [home] = SOURCES.filter(({ path }) => path === HOME);
  expect(telemetryNames(home as SourceFile)).toEqual(expect.arrayContaining(["gen_ai.tool.name", "ambit.refusals"]));
});

test("each name is there once, in lower case", () => {
  const names = [...ATTRIBUTE_NAMES, ...METRIC_NAMES];
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z][a-z_]*(\.[a-z][a-z_]*)+$/.test(name))).toEqual([]);
});

test("no attribute is for arguments, results, prompts, tokens of access or persons", () => {
  expect(ATTRIBUTE_NAMES.filter((name) => /argument|result|prompt|message|user|enduser|credential/.test(name))).toEqual(
    [],
  );
});

test("each document of the conventions has the commit at which it was read", () => {
  expect(Object.values(CONVENTIONS.read).filter((commit) => !/^[0-9a-f]{40}$/.test(commit))).toEqual([]);
});

test("OpenTelemetry's packages are imported by two files, which are loaded where a collector is named", () => {
  const importing = SOURCES.filter(({ imports }) => imports.some((from) => from.startsWith("@opentelemetry/")));
  expect(importing.map(({ path }) => path).sort()).toEqual([
    "runtime/telemetry/otlp-export.ts",
    "runtime/telemetry/otlp-telemetry.ts",
  ]);
  const loading = SOURCES.filter(({ text }) => /^import (?!type)[^;]*otlp-telemetry"/m.test(text));
  expect(loading).toEqual([]);
});
