import type { RegistryDocument } from "../domain";
import type { FleetDocument } from "../runtime/registry/fleet-view";
import { KeySet } from "../runtime/signer/key-set";
import { type Signer, SignerError } from "../runtime/signer/signer";
import { CliError } from "./program";
import { signerOf } from "./publish-options";

/** The key in KMS of this alias, which names it in what it signs */
export type KeyNamed = (alias: string) => Promise<Signer>;

/** What has keys in KMS, and says there what it is called */
interface Keyed {
  readonly issuer: string;
  readonly kms?: readonly string[] | undefined;
}

/**
 * The registry with the public keys of starters and kill switch. A deploy creates the keys, and the exchange trusts
 * those in the signed registry: keys are not copied by hand, and the exchange does not ask KMS for them.
 *
 * @throws CliError if one cannot be read
 */
export async function withStarterKeys(document: FleetDocument, keyNamed: KeyNamed): Promise<FleetDocument> {
  const registry = document.registry as RegistryDocument;
  const { starters, killSwitch } = registry.trust;
  if (killSwitch === undefined && starters.every(({ kms }) => kms === undefined)) return document;
  const written = await Promise.all(starters.map((starter) => withKeys(starter, keyNamed)));
  const stopping = killSwitch && { killSwitch: await withKeys(killSwitch, keyNamed) };
  return { ...document, registry: { ...registry, trust: { ...registry.trust, starters: written, ...stopping } } };
}

async function withKeys<T extends Keyed>(signer: T, keyNamed: KeyNamed): Promise<T> {
  const { kms, issuer } = signer;
  if (kms === undefined) return signer;
  try {
    const keys = await KeySet.of(await Promise.all(kms.map(keyNamed)));
    return { ...signer, jwks: keys.jwks.keys };
  } catch (error) {
    if (!(error instanceof SignerError)) throw error;
    const fix = "apply the foundation stack first, which makes the keys";
    throw new CliError(`the keys of ${issuer} cannot be read: ${error.message}: ${fix}`, { cause: error });
  }
}

/** Keys in KMS of a region; left out for that of the environment */
export function keysInKms(region: string | undefined): KeyNamed {
  return (alias) => signerOf({ kmsKey: alias, keyId: alias, ...(region !== undefined && { region }) });
}
