import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { DevelopmentAuthority } from "../../../cli/dev/development-authority";

const PREFIX = "k8s-aws-v1.";
const STS_HOST = "sts.eu-central-1.amazonaws.com";
const CLUSTER_HEADER = "x-k8s-aws-id";

/** What EKS is told of a role: its name, and the groups of its access entry */
export interface AccessEntry {
  readonly role: string;
  readonly groups: readonly string[];
}

/**
 * EKS's authenticator as it is documented (kubernetes-sigs/aws-iam-authenticator): a token is a signed request to STS, which is sent, here to a
 * stand-in; the role that STS names has the groups of its access entry.
 */
export class EksAuthentication {
  private readonly server: Server;

  constructor(
    private readonly authority: DevelopmentAuthority,
    private readonly sts: string,
    private readonly cluster: string,
    private readonly entry: AccessEntry,
  ) {
    const names = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] };
    const { certificate: cert, key } = authority.x509Svid(`spiffe://${authority.trustDomain}/eks`, names);
    this.server = createServer({ cert, key }, (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => void parts.push(part));
      incoming.on("end", () => {
        const { spec } = JSON.parse(Buffer.concat(parts).toString()) as { readonly spec: { readonly token: string } };
        void this.statusOf(spec.token).then((status) =>
          outgoing
            .writeHead(200, { "content-type": "application/json" })
            .end(JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", status })),
        );
      });
    });
  }

  /** @returns arguments of kube-apiserver */
  public async listen(folder: string): Promise<readonly string[]> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    const server = `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const ca = Buffer.from(this.authority.bundle).toString("base64");
    const path = join(folder, "authentication.json");
    writeFileSync(
      path,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "eks", cluster: { server, "certificate-authority-data": ca } }],
        contexts: [{ name: "eks", context: { cluster: "eks", user: "eks" } }],
        users: [{ name: "eks", user: {} }],
        "current-context": "eks",
      }),
    );
    return ["--authentication-token-webhook-config-file", path, "--authentication-token-webhook-version", "v1"];
  }

  public close(): Promise<void> {
    return new Promise((done) => {
      this.server.close(() => done());
      this.server.closeAllConnections();
    });
  }

  private async statusOf(token: string): Promise<object> {
    const arn = await this.identityOf(token);
    const name = arn?.split(":assumed-role/")[1]?.split("/")[0];
    if (name !== this.entry.role) return { authenticated: false };
    return { authenticated: true, user: { username: arn, groups: this.entry.groups } };
  }

  /** Undefined where STS does not know who signed */
  private async identityOf(token: string): Promise<string | undefined> {
    if (!token.startsWith(PREFIX)) return undefined;
    const url = new URL(Buffer.from(token.slice(PREFIX.length), "base64url").toString());
    const signed = url.searchParams.get("X-Amz-SignedHeaders") ?? "";
    if (url.host !== STS_HOST || !signed.split(";").includes(CLUSTER_HEADER)) return undefined;
    const headers = { [CLUSTER_HEADER]: this.cluster, accept: "application/json" };
    // The stand-in knows the service by the credential's scope, which it takes from the header alone.
    const scope = url.searchParams.get("X-Amz-Credential") ?? "";
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${signed}, Signature=x`;
    const answer = await fetch(`${this.sts}/?${url.searchParams.toString()}`, {
      headers: { ...headers, authorization },
    });
    return /<Arn>([^<]+)<\/Arn>/.exec(await answer.text())?.[1];
  }
}
