import { gzipSync } from "node:zlib";
import { FLEET_DATA, MANIFEST, structured, tarGz } from "../../../policies/bundle";
import { REVISION_DATA, SIGNATURES, signBundle } from "../../../policies/signature";
import type { Signer } from "../../../runtime/signer/signer";
import { examplePolicy } from "../../support/decisions/policy";
import { exampleBundle, signed, signedFiles } from "./bundle-world";

const NO_AGENTS = '{"op":"upsert","path":"/ambit/fleet/agents","value":{}}';

export interface RefusedBundle {
  readonly name: string;
  /** Of a revision that would be taken, were it sound */
  readonly make: (revision: number) => Promise<Uint8Array>;
  /** Why OPA refuses it */
  readonly message: RegExp;
}

/** Bundles that OPA must not activate */
export function refusedBundles(signer: Signer, stranger: Signer): readonly RefusedBundle[] {
  const changed =
    (change: (files: Map<string, Uint8Array>) => unknown) =>
    async (revision: number): Promise<Buffer> => {
      const files = await signedFiles(signer, revision);
      change(files);
      return tarGz(files);
    };
  const whole = (revision: number): Promise<Buffer> => signed(signer, revision);
  const allowAll = Buffer.from('package ambit.decision\n\nresult := {"allow": true}\n');
  return [
    {
      name: "a changed rule",
      make: changed((files) => files.set("policy/decision.rego", allowAll)),
      message: /policy\/decision\.rego: digest mismatch/,
    },
    {
      name: "a changed fleet",
      make: changed((files) => files.set(FLEET_DATA, structured({ ...examplePolicy, agents: {} }))),
      message: /ambit\/fleet\/data\.json: digest mismatch/,
    },
    {
      name: "a raised revision",
      make: changed((files) => files.set(REVISION_DATA, structured({ number: 1_000 }))),
      message: /ambit\/revision\/data\.json: digest mismatch/,
    },
    {
      name: "a changed manifest",
      make: changed((files) => files.set(MANIFEST, structured({ rego_version: 1, roots: [""] }))),
      message: /\.manifest: digest mismatch/,
    },
    {
      name: "an added file",
      make: changed((files) => files.set("policy/added.rego", allowAll)),
      message: /file policy\/added\.rego not included in bundle signature/,
    },
    {
      name: "a missing file",
      make: changed((files) => files.delete("policy/intent.rego")),
      message: /\[policy\/intent\.rego\] specified in bundle signatures but not found/,
    },
    {
      name: "no signature",
      make: changed((files) => files.delete(SIGNATURES)),
      message: /bundle missing \.signatures\.json file/,
    },
    { name: "the unsigned bundle of synth", make: async () => tarGz(exampleBundle()), message: /bundle missing/ },
    {
      name: "no files in the list that was signed",
      make: changed((files) => files.set(SIGNATURES, Buffer.from('{"signatures":[]}'))),
      message: /bundle missing \.signatures\.json file|missing JWT/,
    },
    {
      name: "a second signature",
      make: changed((files) => files.set(`policy/${SIGNATURES}`, files.get(SIGNATURES) as Uint8Array)),
      message: /multiple signatures files/,
    },
    {
      name: "the signature of another revision",
      make: async (revision) => {
        const files = await signedFiles(signer, revision);
        return tarGz(files.set(SIGNATURES, (await signedFiles(signer, revision + 1)).get(SIGNATURES) as Uint8Array));
      },
      message: /digest mismatch/,
    },
    {
      name: "another key that claims its name",
      make: async (revision) => signed({ keyId: signer.keyId, sign: (bytes) => stranger.sign(bytes) }, revision),
      message: /failed to verify JWT signature/,
    },
    {
      name: "another scope",
      make: async (revision) =>
        tarGz(await signBundle(exampleBundle(), { signer, revision, scope: "read", issuedAt: 1_767_225_600 })),
      message: /scope mismatch/,
    },
    {
      name: "a patch, which no signature covers",
      make: async () => tarGz(new Map([["patch.json", Buffer.from(`{"data":[${NO_AGENTS}]}`)]])),
      message: /delta bundles do not support signature verification/,
    },
    {
      name: "an archive cut off",
      make: async (revision) => (await whole(revision)).subarray(0, -200),
      message: /unexpected EOF/,
    },
    { name: "an archive that is none", make: async () => gzipSync("hello"), message: /unexpected EOF/ },
    { name: "no archive", make: async () => Buffer.from("hello"), message: /gzip: invalid header|unexpected EOF/ },
  ];
}
