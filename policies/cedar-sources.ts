import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { REASONS } from "../domain";
import { type CedarPiece, cedarPieces, lineOfByte } from "./cedar-source-file";
import { type DetailedError, policyToJson, schemaToJsonWithResolvedTypes, validate } from "./cedar-wasm";
import { CEDAR_FOLDER } from "./paths";

export interface CedarSourcesOptions {
  /**
   * Folder with `.cedar` files of the platform's own. They can only refuse: every policy is a `forbid` whose `@id` begins with
   * `custom.`
   *
   * @default none
   */
  readonly custom?: string;
}

export interface CedarSources {
  /** As people write it */
  readonly schema: string;
  /** In the JSON form that Amazon Verified Permissions takes */
  readonly schemaJson: string;
  readonly policies: readonly CedarPolicy[];
}

export interface CedarPolicy {
  /** Its `@id`: the reason code of a `forbid`; `allow`, or `observed:` and a reason code, of a `permit` */
  readonly id: string;
  /** The id in letters, digits and dashes */
  readonly name: string;
  /** One policy in Cedar */
  readonly text: string;
  /** At most 150 characters, as Amazon Verified Permissions takes */
  readonly description: string;
  /** Where it stands, such as `policies/cedar/start.cedar:12` */
  readonly source: string;
}

/** Policy sources that do not hold: a line for each problem, with file and line of the source */
export class CedarSourceError extends Error {
  public override readonly name = "CedarSourceError";
}

interface Found extends CedarPiece {
  readonly file: string;
  readonly id: string;
}

const SCHEMA = join(CEDAR_FOLDER, "ambit.cedarschema");
const CUSTOM_ID = /^custom(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const PARSE_FAILED = "failed to parse policy from string: ";
const OBSERVED = "observed:";
const LONGEST_DESCRIPTION = 150;

let withoutCustom: CedarSources | undefined;

/**
 * Read the policies and check them against the schema, in strict mode.
 *
 * @throws CedarSourceError
 */
export function cedarSources({ custom }: CedarSourcesOptions = {}): CedarSources {
  if (custom === undefined) return (withoutCustom ??= read());
  return read(custom);
}

function read(custom?: string): CedarSources {
  const schema = readFileSync(SCHEMA, "utf8");
  const schemaJson = jsonOf(schema);
  const problems: string[] = [];
  const ours = policiesIn(CEDAR_FOLDER, problems, () => undefined);
  const theirs = custom === undefined ? [] : policiesIn(custom, problems, customProblem);
  const policies = [...ours, ...theirs];
  problems.push(...repeated(policies), ...invalid(schema, policies));
  if (problems.length > 0) throw new CedarSourceError(problems.join("\n"));
  return { schema, schemaJson, policies: policies.map(described) };
}

function policiesIn(
  folder: string,
  problems: string[],
  problemOf: (effect: string, id: string) => string | undefined,
): readonly Found[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .sort();
  if (files.length === 0) problems.push(`there are no policies in ${folder}: name a folder with .cedar files`);
  return files.flatMap((name) => {
    const file = join(folder, name);
    return cedarPieces(readFileSync(file, "utf8")).flatMap((piece) => {
      const answer = policyToJson(piece.text);
      if (answer.type === "failure") {
        problems.push(...answer.errors.slice(0, 1).map((error) => located(file, piece, error)));
        return [];
      }
      const { annotations, effect } = answer.json;
      const id = annotations?.["id"] ?? "";
      const problem = id === "" ? 'give the policy an @id("…")' : problemOf(effect, id);
      if (problem !== undefined) problems.push(`${placeOf(file, piece.line)}: ${problem}`);
      return [{ ...piece, file, id }];
    });
  });
}

function customProblem(effect: string, id: string): string | undefined {
  if (effect !== "forbid") return `a policy of the platform's own can only refuse: write forbid, got ${effect}`;
  if (CUSTOM_ID.test(id)) return undefined;
  return `@id must be custom. and words of lower case letters and digits, joined by "." or "-", got ${JSON.stringify(id)}`;
}

function repeated(policies: readonly Found[]): readonly string[] {
  const first = new Map<string, Found>();
  return policies.flatMap((policy) => {
    const before = first.get(policy.id);
    if (before === undefined || policy.id === "") {
      first.set(policy.id, policy);
      return [];
    }
    const place = placeOf(before.file, before.line);
    return [
      `${placeOf(policy.file, policy.line)}: @id ${JSON.stringify(policy.id)} stands at ${place} too: give it another`,
    ];
  });
}

function invalid(schema: string, policies: readonly Found[]): readonly string[] {
  const keyed = Object.fromEntries(policies.map((policy, index) => [`${index}`, policy]));
  const staticPolicies = Object.fromEntries(Object.entries(keyed).map(([key, { text }]) => [key, text]));
  const answer = validate({ schema, policies: { staticPolicies }, validationSettings: { mode: "strict" } });
  if (answer.type === "failure")
    return answer.errors.map(({ message }) => `the policies cannot be checked: ${message}`);
  const problems = [...answer.validationErrors, ...answer.validationWarnings];
  const firsts = problems.filter(({ policyId }, at) => at === problems.findIndex((each) => each.policyId === policyId));
  return firsts.map(({ policyId, error }) => {
    const policy = keyed[policyId] as Found;
    const message = error.message.replaceAll(`for policy \`${policyId}\`, `, "");
    return located(policy.file, policy, { ...error, message });
  });
}

function jsonOf(schema: string): string {
  const answer = schemaToJsonWithResolvedTypes(schema);
  if (answer.type === "failure") {
    const piece = { text: schema, line: 1 };
    throw new CedarSourceError(answer.errors.map((error) => located(SCHEMA, piece, error)).join("\n"));
  }
  // Cedar's own word for the type is newer than its documented one.
  return JSON.stringify(answer.json, (key, value: unknown) => (key === "type" && value === "Bool" ? "Boolean" : value));
}

function located(file: string, piece: CedarPiece, { message, help, sourceLocations }: DetailedError): string {
  const [location] = sourceLocations ?? [];
  const more = [location?.label, help].filter((text) => typeof text === "string");
  const what = [message.replace(PARSE_FAILED, ""), ...more].map((text) => text.replaceAll("\n", " ")).join(": ");
  return `${placeOf(file, location === undefined ? piece.line : lineOfByte(piece, location.start))}: ${what}`;
}

function placeOf(file: string, line: number): string {
  return `${relative(process.cwd(), file)}:${line}`;
}

function described({ file, id, line, text }: Found): CedarPolicy {
  const description = `${id}: ${whatOf(id)}`.slice(0, LONGEST_DESCRIPTION);
  return { id, name: id.replaceAll(/[^a-z0-9]+/g, "-"), text, description, source: placeOf(file, line) };
}

function whatOf(id: string): string {
  if (id.startsWith(OBSERVED)) return `noted only: ${whatOf(id.slice(OBSERVED.length))}`;
  if (Object.hasOwn(REASONS, id)) return REASONS[id as keyof typeof REASONS].what;
  return id === "allow" ? "what every request rests on" : "a rule of the platform's own";
}
