import { plainString, refuse, shown } from "../../../domain";
import { DEFAULT_SCOPE } from "../../../policies/signature";
import { POLICY_OBJECT } from "../../platform/names";
import type { Platform } from "../../platform/platform";
import type { ConfigMapDelivery, OpaDelivery, SignedDelivery } from "../opa-delivery";
import type { SignedBundle } from "./opa-config";

/** Kubernetes takes 1 MiB in a ConfigMap; the rest is for names and annotations. */
const LARGEST = 900 * 1024;
const POLLING = { min: 10, max: 30 };

/** How OPA comes by its bundle, checked. */
export function deliveryOf(
  delivery: OpaDelivery = {},
  platform: Platform,
  where: string,
): { readonly configMap: ConfigMapDelivery } | { readonly signed: Required<SignedDelivery> } {
  if ("configMap" in delivery) {
    const reason = plainString(delivery.configMap?.reason, where, "delivery.configMap.reason", "policy.malformed");
    return { configMap: { reason } };
  }
  const { polling = POLLING } = delivery;
  const whole = [polling.min, polling.max].every((seconds) => Number.isInteger(seconds));
  if (!whole || polling.min < 1 || polling.max < polling.min || polling.max > 60) {
    const what = "delivery.polling must be whole seconds with 1 ≤ min ≤ max ≤ 60";
    refuse("policy.malformed", where, `${what}, got ${shown(polling)}: a policy takes effect within max`);
  }
  if (platform.network.kind === "none") {
    const sentence = "OPA fetches its bundle from S3, and the platform names no way to reach AWS";
    refuse("policy.malformed", where, `${sentence}: write aws.network, or delivery: { configMap: { reason } }`);
  }
  return { signed: { polling } };
}

/** The bundle in the platform's bucket, believed by the key that signs it and no other. */
export function signedBundle(
  platform: Platform,
  publicKey: string,
  { polling }: Required<SignedDelivery>,
): SignedBundle {
  const { policyBucket, region, partition } = platform;
  const china = partition === "aws-cn";
  return {
    url: `https://${policyBucket}.s3.${region}.amazonaws.com${china ? ".cn" : ""}`,
    resource: POLICY_OBJECT,
    credentials: { region, ...(china ? { domain: "amazonaws.com.cn" } : {}) },
    keyId: platform.keyAlias("policy"),
    publicKey,
    scope: DEFAULT_SCOPE,
    polling,
  };
}

/** @throws DeclarationError `policy.too-large` */
export function fitsConfigMap(bundle: Uint8Array, where: string): Uint8Array {
  if (bundle.length > LARGEST) {
    const sentence = `the bundle has ${bundle.length} bytes, and a ConfigMap takes at most ${LARGEST}`;
    refuse("policy.too-large", where, `${sentence}: leave delivery out, so that OPA fetches it from S3, signed`);
  }
  return bundle;
}
