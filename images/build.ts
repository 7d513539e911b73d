import { join, resolve } from "node:path";
import { archive } from "./archive";
import { bundle, type BundleName, BUNDLES, FUNCTIONS } from "./bundles";

const ROOT = resolve(__dirname, "..");
const FOLDER = join(ROOT, "dist", "bundles");

/** What images and functions are made of, as a part of `npm run build` */
function main(): void {
  for (const name of Object.keys(BUNDLES) as BundleName[]) bundle(ROOT, BUNDLES[name], join(FOLDER, name));
  for (const name of FUNCTIONS) archive(join(FOLDER, name), join(FOLDER, `${name}.zip`));
}

main();
