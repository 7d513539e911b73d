import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type FleetDocument, fleetView } from "../runtime/registry/fleet-view";
import {
  type Manifest,
  manifestOf,
  type Measure,
  measured,
  openRegistry,
  readRegistryFile,
  registryContent,
  registryFile,
  signedContent,
  signRegistry,
} from "../runtime/registry/signed-registry";
import { RegistryError } from "../runtime/registry/registry-error";
import { CliError, type Io } from "./program";
import { publish, type Publishable, type PublishRequest, type PublishResult } from "./publish";
import { contentOf } from "./publish-options";

export interface RegistryRequest extends PublishRequest {
  /** As synth wrote it */
  readonly document: FleetDocument;
}

export interface RegistryResult extends PublishResult {
  readonly trustDomain: string;
  readonly agents: number;
  readonly unsigned: Measure;
}

export interface OpenedRegistry extends Manifest {
  readonly agents: number;
}

/** @throws CliError if synth has not written what the exchange takes */
export function synthesizedDocument(folder: string): FleetDocument {
  const document = { registry: written(folder, "registry.json"), policy: written(folder, "policy.json") };
  // Before a key is asked for: what is wrong here is wrong with the folder.
  fleetView(document, 1);
  return document;
}

/** Sign the registry that synth wrote with the revision after the last one, and put it in the place of the last. */
export async function sign(request: RegistryRequest, io: Io): Promise<RegistryResult> {
  const { document } = request;
  const unsigned = measured(registryContent(document));
  const { trustDomain, agents } = document.policy as { readonly trustDomain: string; readonly agents: object };
  const registry: Publishable<Manifest> = {
    noun: "registry",
    sign: async (options) => registryFile(await signRegistry(document, options)),
    // What it says is not looked at: the last one may be of another version of Ambit.
    verify: async (bytes, { publicKey, scope }) => {
      const { token, packed } = readRegistryFile(bytes);
      const manifest = manifestOf(token, { publicKeys: [publicKey], scope });
      await signedContent(manifest, packed);
      return manifest;
    },
    isSame: (last) => {
      if (last.trustDomain === trustDomain) return isDeepStrictEqual(last.content, unsigned);
      const what = `the registry there is of trust domain ${last.trustDomain}, the one to sign of ${trustDomain}`;
      throw new CliError(`${what}: name the place of this platform's registry`);
    },
  };
  const { result, target, from, ...published } = await publish(registry, request, io);
  return { result, target, from, trustDomain, agents: Object.keys(agents).length, unsigned, ...published };
}

interface RegistryTrust {
  readonly publicKeys: readonly string[];
  readonly scope: string;
}

/** @throws RegistryError if it is not signed by one of the keys, or the exchange would refuse it */
export async function openedRegistry(bytes: Uint8Array, trust: RegistryTrust): Promise<OpenedRegistry> {
  const { manifest, agents } = await opened(bytes, trust);
  return { ...manifest, agents: agents.length };
}

/**
 * Names of the agents in the signed registry of a platform
 *
 * @throws RegistryError if it is not signed by one of the keys, the exchange would refuse it, or it is another platform's
 */
export async function agentsOfRegistry(
  bytes: Uint8Array,
  { trustDomain, ...trust }: RegistryTrust & { readonly trustDomain: string },
): Promise<readonly string[]> {
  const { manifest, agents } = await opened(bytes, trust);
  if (manifest.trustDomain === trustDomain) return agents;
  throw new RegistryError(
    `the registry is of trust domain ${manifest.trustDomain}, the folder of ${trustDomain}: name this platform's`,
  );
}

async function opened(bytes: Uint8Array, trust: RegistryTrust) {
  const { token, packed } = readRegistryFile(bytes);
  const manifest = manifestOf(token, trust);
  const { policy, agentOf } = await openRegistry(manifest, packed);
  return { manifest, agents: Object.keys(policy.agents).map((spiffeId) => agentOf(spiffeId)?.name ?? spiffeId) };
}

function written(folder: string, name: string): unknown {
  const path = join(folder, "ambit", name);
  const bytes = contentOf(path, "run synth first, or name the folder that it wrote");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw new CliError(`${path} must be JSON: ${(error as Error).message}: synthesize again`);
  }
}
