import type { TerraformStack } from "cdktf";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, policyDocument, policyJson } from "../../domain";
import type { Platform } from "./platform";

/** Folder beside the synthesized stacks */
export const DOCUMENTS_FOLDER = "ambit";

/** Contents by file name */
export type Documents = Readonly<Record<string, string | Uint8Array>>;

/** Write what is no resource beside the synthesized stacks, whenever `stack` is synthesized. */
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

/** Made once: two stacks need it, and of ten thousand agents it takes a while. */
const policyTexts = new WeakMap<Fleet, WeakMap<Platform, string>>();

/** What policy engines know of this fleet on this platform, as JSON: unsigned, and without a revision. */
export function policyTextOf(platform: Platform, fleet: Fleet): string {
  const known = policyTexts.get(fleet) ?? new WeakMap<Platform, string>();
  policyTexts.set(fleet, known);
  const text = known.get(platform) ?? madePolicyText(platform, fleet);
  known.set(platform, text);
  return text;
}

function madePolicyText({ trustDomain, domains, intent }: Platform, fleet: Fleet): string {
  return policyJson(policyDocument(fleet, { trustDomain, domains, intentRequired: intent !== undefined }));
}
