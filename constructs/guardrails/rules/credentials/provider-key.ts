import type { BlockRule } from "../../rule";
import { type BlockBody, isObject } from "../../value";

/** Literals and variables alike: what a provider is given stands in the plan, and works until somebody takes it back. */
export const providerKey: BlockRule = {
  id: "AMBIT-CREDENTIALS-PROVIDER",
  severity: "critical",
  what: "a provider may be given no key, password or token",
  why: "the key works from anywhere until somebody deletes it, and everyone who reads the code or the plan has it",
  fix: "let the provider become a role by the identity of the machine that runs it",
  standards: ["owasp-nhi/NHI7", "owasp-nhi/NHI2", "sp800-53/IA-5"],
  looksAt: ["provider.aws", "provider.kubernetes", "provider.helm"],
  *check({ body }) {
    for (const [at, settings] of [
      ["", body],
      ["kubernetes.", body["kubernetes"]],
    ] as const) {
      for (const each of Array.isArray(settings) ? (settings as readonly unknown[]) : [settings]) {
        if (!isObject(each)) continue;
        for (const key of KEYS.filter((name) => isGiven(each, name)))
          yield { what: key, at: `${at}${key}`, evidence: key };
      }
    }
  },
};

const KEYS = ["access_key", "secret_key", "token", "password", "client_key"];

function isGiven(body: BlockBody, name: string): boolean {
  const value = body[name] ?? "";
  return value !== "";
}
