import type { Block } from "../block";
import { isObject, listOf, type BlockBody } from "../value";

/** Settings of a provider or a backend, with those that nest in it; `at` is what stands before a setting's name */
export interface Settings {
  readonly at: string;
  readonly body: BlockBody;
}

/** Parts of a provider's configuration that say how it speaks to another service */
const NESTED = ["kubernetes", "registry", "registries", "assume_role_with_web_identity"];

/** The settings of a block, those of Helm's cluster and registries among them, and those by which another state is read */
export function settingsOf(block: Block): readonly Settings[] {
  const { at, body } = backendOf(block);
  const nested = NESTED.flatMap((name) =>
    listOf(body[name]).flatMap((each) => (isObject(each) ? [{ at: `${at}${name}.`, body: each }] : [])),
  );
  return [{ at, body }, ...nested, ...storeProvider(block)];
}

/** The provider that keeps the state, which a `state_store` configures within itself */
function storeProvider({ mode, body }: Block): readonly Settings[] {
  if (mode !== "backend") return [];
  return listOf(body["provider"]).flatMap((providers) =>
    Object.entries(isObject(providers) ? providers : {}).flatMap(([name, written]) =>
      listOf(written).flatMap((each) => (isObject(each) ? [{ at: `provider.${name}.`, body: each }] : [])),
    ),
  );
}

/** What rules about backends look at: where the own state is kept, and where others are read */
export const BACKENDS: readonly (string | RegExp)[] = [/^backend\./, "data.terraform_remote_state"];

/**
 * The backend that a block names. A configuration that is known at apply only has no settings here: AMBIT-STATE-REMOTE alone refuses it, so
 * that it is one finding.
 */
export function backendOf({ mode, type, body }: Block): Settings & { readonly type: string } {
  if (mode !== "data") return { type, at: "", body };
  const config = listOf(body["config"]).find(isObject) ?? {};
  return { type: typeof body["backend"] === "string" ? body["backend"] : "local", at: "config.", body: config };
}

/** An address as it may be printed: without the name and password that may stand in it */
export function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@]*@/, "//");
}
