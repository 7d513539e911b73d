import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import { secretIn } from "../../secret-values";
import { type BlockBody, UndecidedValue, blocksOf, isObject } from "../../value";

/** Where each type has its variables, by name and value */
const VARIABLES: Readonly<Record<string, (body: BlockBody) => readonly (readonly [string, Json | undefined])[]>> = {
  aws_lambda_function: (body) =>
    blocksOf(body, "environment").flatMap(({ variables }) => entriesOf(variables, "environment.variables")),
  aws_bedrockagentcore_agent_runtime: ({ environment_variables }) =>
    entriesOf(environment_variables, "environment_variables"),
  aws_codebuild_project: (body) =>
    blocksOf(body, "environment")
      .flatMap((environment) => blocksOf(environment, "environment_variable", "environment.environment_variable"))
      .filter(({ type }) => (type ?? "PLAINTEXT") === "PLAINTEXT")
      .map(({ name, value }) => [String(name), value]),
};

/** Functions of Lambda, runtimes of AgentCore, builds of CodeBuild. What a finding tells holds no secret. */
export const environment: BlockRule = {
  id: "AMBIT-CREDENTIALS-ENVIRONMENT",
  severity: "critical",
  what: "the environment of a function, runtime or build may hold no secret",
  why: "everyone who may read its configuration reads the secret too, and a program that is talked into printing its environment gives it away",
  fix: "pass the ARN of the secret, and read it by the role of the workload",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "sp800-53/IA-5", "owasp-asi/ASI03", "owasp-mcp/MCP01"],
  looksAt: Object.keys(VARIABLES),
  *check(block, stack) {
    for (const [name, value] of variablesOf(block)) {
      const kind = secretIn(name, value, stack);
      if (kind !== undefined) yield { what: name, at: `environment.${name}`, evidence: kind };
    }
  },
};

function variablesOf(block: Block): readonly (readonly [string, Json | undefined])[] {
  return VARIABLES[block.type]?.(block.body) ?? [];
}

function entriesOf(value: Json | undefined, at: string): readonly (readonly [string, Json | undefined])[] {
  if ((value ?? null) === null) return [];
  if (!isObject(value)) throw new UndecidedValue(at, value ?? null, `${at} is known at apply only`);
  return Object.entries(value);
}
