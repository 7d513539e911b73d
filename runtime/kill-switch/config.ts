import type { z } from "zod";
import { readConfigJson } from "../checked-config";
import { endpoint, fits, https, object, region, spiffeId, text } from "../config-values";

const schema = object({
  /** Claim `iss` of its orders, as the registry has it */
  issuer: https,
  /** Where the operator interface is asked */
  exchange: object({
    /** Claim `aud` of its orders: the exchange's issuer, which its address begins with where `address` is left out */
    issuer: https,
    address: https.optional(),
    /** Of the exchange's certificate, where what Node trusts is not enough */
    ca: text("a CA certificate in PEM").optional(),
    /** That its certificate must show, in place of its host name */
    spiffeId: spiffeId.optional(),
  }),
  /** Alias of the key that signs, in KMS */
  key: text("the alias of a key in KMS"),
  /** Of agents: the role of one begins with the platform's name and a dot */
  roles: object({
    partition: fits(/^aws(-cn|-us-gov)?$/, "aws, aws-cn or aws-us-gov"),
    platform: text("the name of the platform"),
  }),
  /** Where the list of killed agents is */
  cluster: object({
    name: text("the name of the cluster in EKS"),
    address: https,
    /** Base64 of PEM, as EKS shows it */
    certificateAuthority: text("the certificate of the API server's CA"),
    namespace: text("the namespace of the list"),
    list: text("the ConfigMap that is the list"),
  }),
  region,
  /** For other addresses than the region's */
  endpoints: object({ kms: endpoint.optional(), iam: endpoint.optional() }).optional(),
}).readonly();

export type KillSwitchConfig = z.infer<typeof schema>;

/** @throws ConfigError */
export function readKillSwitchConfig(json: string | undefined): KillSwitchConfig {
  return readConfigJson(schema, json);
}
