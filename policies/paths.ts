import { join } from "node:path";

/** Rego sources, without their tests */
export const OPA_FOLDER = join(__dirname, "opa");
/** Cedar policies and their schema */
export const CEDAR_FOLDER = join(__dirname, "cedar");
