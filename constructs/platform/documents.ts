import type { TerraformStack } from "cdktf";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, policyDocument, policyFactsOf, policyJson, type RegistryDocument, registryOf } from "../../domain";
import type { Platform } from "./platform";

/** Folder beside the synthesized stacks */
export const DOCUMENTS_FOLDER = "ambit";

/** Contents by file name */
export type Documents = Readonly<Record<string, string | Uint8Array>>;

/** Write documents beside the synthesized stacks, whenever `stack` is synthesized. */
export function writeBeside(stack: TerraformStack, documents: () => Documents): void {
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session) => {
      synthesizer.synthesize(session);
      const folder = join(session.outdir, DOCUMENTS_FOLDER);
      mkdirSync(folder, { recursive: true });
      for (const [name, content] of Object.entries(documents())) writeFileSync(join(folder, name), content);
    },
  };
}

/** Documents generated from a fleet on a platform */
interface Made {
  readonly registry: RegistryDocument;
  policyText?: string;
}

/** Made once: two documents and two stacks need it, and of ten thousand agents it takes a while. */
const made = new WeakMap<Fleet, WeakMap<Platform, Made>>();

/** The registry of this fleet on this platform, without the parts that depend on AWS */
export function registryWithoutAws(platform: Platform, fleet: Fleet): RegistryDocument {
  return madeOf(platform, fleet).registry;
}

/** What policy engines know of this fleet on this platform, as JSON: unsigned, and without a revision. */
export function policyTextOf(platform: Platform, fleet: Fleet): string {
  const known = madeOf(platform, fleet);
  const intentRequired = platform.intent !== undefined;
  return (known.policyText ??= policyJson(policyDocument(known.registry, policyFactsOf(fleet, { intentRequired }))));
}

function madeOf(platform: Platform, fleet: Fleet): Made {
  const ofFleet = made.get(fleet) ?? new WeakMap<Platform, Made>();
  made.set(fleet, ofFleet);
  const known = ofFleet.get(platform) ?? { registry: registryOf(fleet, platform) };
  ofFleet.set(platform, known);
  return known;
}
