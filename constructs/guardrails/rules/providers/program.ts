import type { Json } from "../../../../domain";
import { digestOf } from "../../finding";
import { mintsToken } from "../../private/token-programs";
import { BACKENDS, settingsOf } from "../../private/settings";
import type { BlockRule } from "../../rule";
import { type BlockBody, blocksOf, listOf } from "../../value";

/** Configuration files of AWS and Kubernetes may name a program that gives credentials. An argument may hold a secret, so findings tell its digest. */
export const providerProgram: BlockRule = {
  id: "AMBIT-PROVIDER-PROGRAM",
  severity: "high",
  what: "a provider or backend may run no program but one that mints a token of the cloud, and read no configuration that may name one",
  why: "each plan runs the program with the rights of the one who plans, on a branch that no review has seen",
  fix: "write exec with aws eks get-token, gke-gcloud-auth-plugin or kubelogin, and leave out other files of configuration",
  standards: ["owasp-asi/ASI04", "owasp-asi/ASI05", "sp800-53/SR-3", "sp800-53/CM-2"],
  looksAt: [/^provider\./, ...BACKENDS, "terraform"],
  *check(block) {
    if (block.mode === "terraform") return yield* encryptionOf(block.body);
    for (const { at, body: settings } of settingsOf(block)) {
      for (const each of blocksOf(settings, "exec", `${at}exec`))
        if (!mintsToken(each))
          yield { what: `${at}exec`, at: `${at}exec`, evidence: [each["command"] ?? null, digestOf(each as Json)] };
      for (const name of FILES) {
        const files = listOf(settings[name]).filter((file) => file !== "" && !OWN.has(file));
        if (files.length > 0) yield { what: `${at}${name}`, at: `${at}${name}`, evidence: files };
      }
    }
  },
};

const FILES = [
  "config_path",
  "config_paths",
  "credential_process",
  "shared_config_files",
  "shared_credentials_file",
  "shared_credentials_files",
];

/** Of the one who deploys, which the provider reads anyway */
const OWN: ReadonlySet<Json> = new Set(["~/.aws/config", "~/.aws/credentials", "~/.kube/config"]);

/** OpenTofu asks a program for the key of the state, or has it encrypt the state. */
function* encryptionOf(
  settings: BlockBody,
): Generator<{ readonly what: string; readonly at: string; readonly evidence: Json }> {
  for (const encryption of blocksOf(settings, "encryption"))
    for (const kind of ["key_provider", "method"])
      for (const each of blocksOf(encryption, kind, `encryption.${kind}`)) {
        const at = `encryption.${kind}.external`;
        if ((each["external"] ?? null) !== null) yield { what: at, at, evidence: digestOf(each["external"] as Json) };
      }
}
