import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { platformOf } from "../../platform/scope";
import type { TokenKey } from "./exchange-config";

/** In PEM, by the end of their alias */
export type PublicKeys = Readonly<Record<"registry" | TokenKey, string>>;

/** Of the keys that the exchange verifies and signs with, as they are at the apply. */
export function publicKeys(scope: Construct): PublicKeys {
  const publicKey = (id: string, alias: string): string =>
    new DataAwsKmsPublicKey(scope, id, { keyId: platformOf(scope).keyAlias(alias) }).publicKeyPem;
  return {
    registry: publicKey("RegistryKey", "registry"),
    tokens: publicKey("TokenKey", "tokens"),
    "tokens-next": publicKey("NextTokenKey", "tokens-next"),
  };
}

/** For pods: they read keys when they start, by names that stay when another key takes them. Another key starts new ones. */
export function keyAnnotations(keys: PublicKeys): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(keys).map(([alias, pem]) => [`ambit.internal/${alias}-key`, Fn.sha256(pem)]),
  );
}
