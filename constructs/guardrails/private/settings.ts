import { isObject, listOf, type BlockBody } from "../value";

/** Settings of a provider or a backend, with those that nest in it; `at` is what stands before a setting's name */
export interface Settings {
  readonly at: string;
  readonly body: BlockBody;
}

/** Parts of a provider's configuration that say how it speaks to another service */
const NESTED = ["kubernetes", "registry", "registries", "assume_role_with_web_identity"];

/** The settings of a block, those of Helm's cluster and registries among them */
export function settingsOf(body: BlockBody): readonly Settings[] {
  const nested = NESTED.flatMap((name) =>
    listOf(body[name]).flatMap((each) => (isObject(each) ? [{ at: `${name}.`, body: each }] : [])),
  );
  return [{ at: "", body }, ...nested];
}

/** An address as it may be printed: without the name and password that may stand in it */
export function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, "//");
}
