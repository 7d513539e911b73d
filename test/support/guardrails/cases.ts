import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BlockBody } from "../../../constructs/guardrails/value";

/** What one rule refuses and accepts, as Terraform JSON */
export interface RuleCases {
  readonly rule: string;
  readonly refuses: readonly RefusedCase[];
  readonly accepts: readonly AcceptedCase[];
}

export interface AcceptedCase {
  readonly case: string;
  readonly json: BlockBody;
}

export interface RefusedCase extends AcceptedCase {
  /** What stands in brackets in the ids of the findings, sorted */
  readonly findings: readonly string[];
}

const FOLDER = join(__dirname, "../../cases/guardrails");

/** By subject, which is the name of the file */
export function guardrailCases(): Readonly<Record<string, readonly RuleCases[]>> {
  return Object.fromEntries(
    readdirSync(FOLDER).map((file) => [
      file.replace(/\.json$/, ""),
      JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as readonly RuleCases[],
    ]),
  );
}
