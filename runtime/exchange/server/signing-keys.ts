import { KeyFileSigner } from "../../signer/key-file-signer";
import { KeySet } from "../../signer/key-set";
import type { Signer } from "../../signer/signer";
import type { ExchangeConfig } from "../config";

const REGION_OF_ARN = /^arn:[^:]+:kms:([^:]+):/;

/** @throws SignerError if a key cannot be asked, or is of another kind */
export async function signingKeys(keys: ExchangeConfig["signingKeys"]): Promise<KeySet> {
  return KeySet.of(await Promise.all(keys.map(signerOf)));
}

async function signerOf({ kms, file }: ExchangeConfig["signingKeys"][number]): Promise<Signer> {
  if (kms === undefined) return new KeyFileSigner(file as string);
  const { KMSClient } = await import("@aws-sdk/client-kms");
  const { KMS_BOUNDS, KmsSigner } = await import("../../signer/kms-signer");
  return KmsSigner.of({ client: new KMSClient({ ...KMS_BOUNDS, ...regionOfKey(kms) }), key: kms });
}

/** Of a key that an ARN names; that of the process where it does not say */
export function regionOfKey(key: string): { readonly region?: string } {
  const [, region] = REGION_OF_ARN.exec(key) ?? [];
  return region === undefined ? {} : { region };
}
