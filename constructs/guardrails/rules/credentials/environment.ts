import type { Json } from "../../../../domain";
import { jsonText } from "../../json-text";
import type { BlockRule } from "../../rule";
import { secretIn, secretInScript } from "../../secret-values";
import { type BlockBody, UndecidedValue, isObject, isReference } from "../../value";

/** Functions, runtimes, builds, jobs and services of AWS. A task of ECS has a rule of its own. What a finding tells holds no secret. */
export const environment: BlockRule = {
  id: "AMBIT-CREDENTIALS-ENVIRONMENT",
  severity: "critical",
  what: "the environment, arguments and command of what runs in AWS may hold no secret",
  why: "everyone who may read its configuration reads the secret too, and a program that is talked into printing its environment gives it away",
  fix: "pass the ARN of the secret, and read it by the role of the workload",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5", "owasp-asi/ASI03", "owasp-mcp/MCP01"],
  looksAt: [/^aws_(?!ecs_task_definition$)/],
  *check(block, stack) {
    const read: Read = (text, at) => jsonText(text, at, block, stack);
    for (const given of givenIn(block.body, "", read)) {
      if (given instanceof UndecidedValue) yield given;
      else {
        const { name, at, value, isScript } = given;
        const kind = isScript ? secretInScript(value, stack) : secretIn(name, value, stack);
        if (kind !== undefined) yield { what: name, at, evidence: kind };
      }
    }
  },
};

/** A variable or argument by its name, or what a container runs */
interface Given {
  readonly name: string;
  readonly at: string;
  readonly value: string;
  readonly isScript: boolean;
}

/** Names with their values: `environment.variables` of Lambda, `runtime_environment_variables` of App Runner, `default_arguments` of Glue */
const MAPS =
  /^(?:\w+_)?(?:environment_variables|variables|default_arguments|non_overridable_arguments|configuration_options|property_map)$/;
/** The same as an object, or as blocks with `name` and `value`: CodeBuild, SageMaker, Batch, Elastic Beanstalk */
const EITHER = /^(?:environment|environment_variable|setting)$/;
/** Containers as a text of JSON: Batch */
const TEXTS = /^(?:container|ecs|eks|node)_properties$/;
const SCRIPTS = /^(?:command|entry_?point|args)$/i;

/** JSON in a text of the block. @throws UndecidedValue for what is known at apply only */
type Read = (text: string, at: string) => Json;

function* givenIn(body: Json, at: string, read: Read): Generator<Given | UndecidedValue> {
  if (Array.isArray(body)) {
    for (const [index, each] of (body as readonly Json[]).entries()) yield* givenIn(each, `${at}[${index}]`, read);
  } else if (isObject(body)) {
    for (const [key, value = null] of Object.entries(body)) {
      if (value === null || typeof value === "boolean" || typeof value === "number") continue;
      yield* memberOf(key, value, at === "" ? key : `${at}.${key}`, read);
    }
  }
}

function* memberOf(key: string, value: Json, at: string, read: Read): Generator<Given | UndecidedValue> {
  if (SCRIPTS.test(key) && Array.isArray(value)) yield { name: key, at, value: value.join(" "), isScript: true };
  else if (TEXTS.test(key) && typeof value === "string") yield* textOf(value, at, read);
  else if (MAPS.test(key)) yield* entriesOf(value, at, read);
  else if (EITHER.test(key)) yield* pairsOf(value, at, read);
  else if (typeof value !== "string") yield* givenIn(value, at, read);
}

function* textOf(text: string, at: string, read: Read): Generator<Given | UndecidedValue> {
  try {
    yield* givenIn(read(text, at), at, read);
  } catch (error) {
    if (!(error instanceof UndecidedValue)) throw error;
    yield error;
  }
}

function* entriesOf(value: Json, at: string, read: Read): Generator<Given | UndecidedValue> {
  if (typeof value === "string" && isReference(value))
    yield new UndecidedValue(at, value, `${at} is known at apply only`);
  else if (!isObject(value)) yield* givenIn(value, at, read);
  else
    for (const [name, each] of Object.entries(value)) {
      if (typeof each === "string") yield { name: plainName(name), at: `${at}.${name}`, value: each, isScript: false };
      else if (each !== undefined) yield* memberOf(name, each, `${at}.${name}`, read);
    }
}

/** Blocks with a name and a value; those of CodeBuild that only name a secret have a type. Any other object is looked through. */
function* pairsOf(value: Json, at: string, read: Read): Generator<Given | UndecidedValue> {
  for (const [index, each] of [value].flat().entries()) {
    const place = Array.isArray(value) ? `${at}[${index}]` : at;
    if (!isObject(each)) {
      if (typeof each === "string" && isReference(each))
        yield new UndecidedValue(place, each, `${place} is known at apply only`);
      continue;
    }
    const { name, value: text, type } = each;
    if (typeof name !== "string" || text === undefined) {
      yield* isMap(each) ? entriesOf(each, place, read) : givenIn(each, place, read);
    } else if (typeof text === "string" && (typeof type !== "string" || type === "PLAINTEXT")) {
      yield { name, at: `${place}.${name}`, value: text, isScript: false };
    }
  }
}

/** Whether it holds names and texts alone, as the environment of SageMaker does */
function isMap(object: BlockBody): boolean {
  return Object.entries(object).every(([name, value]) => typeof value === "string" && !MAPS.test(name));
}

/** Arguments of Glue begin with hyphens. */
function plainName(name: string): string {
  return name.replace(/^-+/, "");
}
