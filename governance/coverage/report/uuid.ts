import { uuidV5 } from "../../uuid";

/** Namespace of Ambit's names; never another, as all other UUIDs follow from it */
const NAMESPACE = "5f0c6f0e-3a55-4c1b-9f51-6a2b0d6f7e11";

export function uuidOf(...name: readonly string[]): string {
  return uuidV5(NAMESPACE, JSON.stringify(name));
}
