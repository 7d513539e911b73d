import { join, resolve } from "node:path";
import { archive } from "./archive";
import { bundle, type BundleName, BUNDLES } from "./bundles";

const ROOT = resolve(__dirname, "..");
/** Those that functions run */
const FUNCTIONS = ["kill-switch", "lambda", "starter"] as const satisfies readonly BundleName[];
const FOLDER = join(ROOT, "dist", "bundles");

/** What images and functions are made of, as a part of `npm run build` */
async function main(): Promise<void> {
  for (const name of Object.keys(BUNDLES) as BundleName[]) await bundle(ROOT, BUNDLES[name], join(FOLDER, name));
  for (const name of FUNCTIONS) archive(join(FOLDER, name), join(FOLDER, `${name}.zip`));
}

void main();
