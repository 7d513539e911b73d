import { existsSync } from "node:fs";
import { join } from "node:path";
import { refuse } from "../../../domain";

/** Beside the compiled constructs in the package, and where `npm run bundles` puts it in a checkout */
const BUILT = ["../../../bundles/lambda.zip", "../../../dist/bundles/lambda.zip"].map((path) => join(__dirname, path));

/** The function's code as the package brings it, or as somebody has built it */
export function functionCode(given: string | undefined, where: string): string {
  const found = (given === undefined ? BUILT : [given]).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const fix = given === undefined ? "npm run bundles makes it" : "name the archive that npm run bundles makes";
  return refuse(
    "exchange.malformed",
    where,
    `the function's code must be at ${given ?? BUILT[1]}, got nothing: ${fix}`,
  );
}
