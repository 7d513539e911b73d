import { createPublicKey } from "node:crypto";
import { refuse, shown } from "../../../domain";

/** Public keys that the exchange can verify registries with: ES256 */
export function formerKeysOf(keys: readonly string[], where: string): readonly string[] {
  for (const key of keys) {
    if (curveOf(key) !== "prime256v1") {
      const what = "formerRegistryKeys must be public keys on P-256 in PEM";
      // What follows the first line may be a private key.
      const [first] = key.split("\n", 1);
      refuse("exchange.malformed", where, `${what}, got ${shown(first)}: write what \`aws kms get-public-key\` gives`);
    }
  }
  return keys;
}

function curveOf(pem: string): string | undefined {
  // From a private key Node would make the public one.
  if (!pem.startsWith("-----BEGIN PUBLIC KEY-----")) return undefined;
  try {
    return createPublicKey(pem).asymmetricKeyDetails?.namedCurve;
  } catch {
    return undefined;
  }
}
