import type { Registry } from "../../registry/registry";
import type { KeySet } from "../../signer/key-set";
import { sharedFor } from "./shared-answer";

export interface ReadinessProps {
  readonly registry: Registry;
  readonly state: () => Promise<unknown>;
  readonly keys: KeySet;
  readonly identity: { readonly isReady: boolean };
  /** Milliseconds from any beginning, that never go back; the process's own where it is left out */
  readonly elapsed?: (() => number) | undefined;
}

const KNOWN_MILLISECONDS = 1_000;

/** Names the parts that are not ready: `registry`, `store`, `signer`, `bundle`. Asked often, it looks once a second. */
export function readiness(props: ReadinessProps): () => Promise<readonly string[]> {
  return sharedFor(KNOWN_MILLISECONDS, () => unready(props), props.elapsed);
}

async function unready({ registry, state, keys, identity }: ReadinessProps): Promise<readonly string[]> {
  const parts: readonly (readonly [name: string, works: () => unknown])[] = [
    ["registry", () => registry.current()],
    ["store", state],
    ["signer", () => keys.signer],
    ["bundle", () => identity.isReady || Promise.reject(new Error("there is no trust bundle"))],
  ];
  const answers = await Promise.allSettled(parts.map(async ([, works]) => works()));
  return parts.filter((_, index) => answers[index]?.status === "rejected").map(([name]) => name);
}
