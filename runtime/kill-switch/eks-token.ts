import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { KillSwitchConfig } from "./config";

type Credentials = ConstructorParameters<typeof SignatureV4>[0]["credentials"];

/** As `aws eks get-token` has it: EKS asks STS who signed within this time */
const SECONDS = 60;
const PREFIX = "k8s-aws-v1.";

/**
 * What proves a role of AWS to a cluster of EKS: a request to STS, signed for this cluster alone and not sent. The role needs no right for it,
 * only an access entry of the cluster (EKS user guide, "Grant IAM users access to Kubernetes with EKS access entries").
 */
export async function eksToken(
  cluster: string,
  { region, roles: { partition } }: Pick<KillSwitchConfig, "region" | "roles">,
  credentials: Credentials,
  now: Date,
): Promise<string> {
  const hostname = `sts.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;
  const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256, applyChecksum: false });
  const asked = {
    method: "GET",
    protocol: "https:",
    hostname,
    path: "/",
    headers: { host: hostname, "x-k8s-aws-id": cluster },
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
  };
  const signed = await signer.presign(asked as never, {
    expiresIn: SECONDS,
    signingDate: now,
    unhoistableHeaders: new Set(["x-k8s-aws-id"]),
  });
  const query = new URLSearchParams(signed.query as Record<string, string>);
  return `${PREFIX}${Buffer.from(`https://${hostname}/?${query.toString()}`).toString("base64url")}`;
}

/** Over OpenSSL, in the form that the signer takes */
class Sha256 {
  private readonly hash: ReturnType<typeof createHash>;

  constructor(secret?: unknown) {
    this.hash = (
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array)
    ) as typeof this.hash;
  }

  public update(data: Uint8Array): void {
    this.hash.update(data);
  }

  public async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}
