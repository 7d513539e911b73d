import { AssetType, TerraformAsset } from "cdktf";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, refuse } from "../../domain";

/** Archives that `npm run bundles` makes, each of one function */
export type FunctionArchive = "kill-switch" | "lambda" | "starter" | "witness";

/** Beside the compiled constructs in the package, and where `npm run bundles` puts it in a checkout */
const BUILT = ["../../bundles", "../../dist/bundles"];

/**
 * Path of a function's code: the package's own, or one that you built
 *
 * @throws DeclarationError of `code`
 */
export function functionCode(
  archive: FunctionArchive,
  given: string | undefined,
  where: string,
  code: ErrorCode,
): string {
  const built = BUILT.map((folder) => join(__dirname, folder, `${archive}.zip`));
  const found = (given === undefined ? built : [given]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const fix = given === undefined ? "npm run bundles makes it" : "name the archive that npm run bundles makes";
  return refuse(code, where, `the function's code must be at ${given ?? built[1]}, got nothing: ${fix}`);
}

/** Arguments of a Lambda function's code; a changed digest deploys new code */
export function codeOf(scope: Construct, path: string): { readonly filename: string; readonly sourceCodeHash: string } {
  return {
    filename: new TerraformAsset(scope, "Code", { path, type: AssetType.FILE }).path,
    sourceCodeHash: createHash("sha256").update(readFileSync(path)).digest("base64"),
  };
}
