import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { facts } from "../../../fleet/platform";
import type { FunctionConfig } from "../../../runtime/exchange/lambda/config";
import type { Handler } from "../../../runtime/exchange/lambda/handler";
import { startFunction } from "../../../runtime/exchange/lambda/start";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { DpopKey } from "./dpop-key";
import { details, JWT_SPIFFE } from "./served-exchange";
import { selfStartingDocument } from "./self-starting-document";

export const ISSUER = "https://tokens.acme.example";
/** An agent that may start its task by itself */
export const READER = `spiffe://${facts.trustDomain}/ns/research/sa/web-reader`;
export const GATEWAY = `spiffe://${facts.trustDomain}/ns/ambit-system/sa/ambit-gateway`;

/** The function in this process, with the example fleet */
export class LambdaWorld {
  public readonly authority = new DevelopmentAuthority(facts.trustDomain);
  public readonly logged: string[] = [];
  public readonly folder = mkdtempSync(join(tmpdir(), "ambit-lambda-"));
  public readonly files = new DevelopmentFiles(this.folder, this.authority, []);
  private readonly issuers = new DevelopmentIssuers({
    authority: this.authority,
    audience: ISSUER,
    spiffeIdOf: () => READER,
  });

  public async start(clientCertificates: FunctionConfig["clientCertificates"]): Promise<Handler> {
    if (this.issuers.svidKeys.startsWith("/")) await this.issuers.listen();
    return startFunction(await this.config(clientCertificates), (event, more) => {
      this.logged.push(JSON.stringify({ event, ...more }));
    });
  }

  public async close(): Promise<void> {
    await this.issuers.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Write the registry anew, as a deploy does. */
  public async publish(revision: number): Promise<string> {
    const signer = new KeyFileSigner(this.files.privateKey("registry-key"));
    const document = selfStartingDocument(this.issuers.userIssuer, this.issuers.starterIssuer);
    return this.files.write("registry.signed", await signedFile(document, signer, revision));
  }

  /** What the agent asks for, by its JWT-SVID */
  public form(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      grant_type: "client_credentials",
      audience: "tool:search",
      authorization_details: details({ task: "fetch", start: "agent" }),
      client_assertion_type: JWT_SPIFFE,
      client_assertion: this.authority.jwtSvid(READER, ISSUER),
      ...more,
    };
  }

  public proof(path = "/token", key = new DpopKey()): Readonly<Record<string, string>> {
    return { dpop: key.proof("POST", `${ISSUER}${path}`) };
  }

  private async config(clientCertificates: FunctionConfig["clientCertificates"]): Promise<FunctionConfig> {
    const registryKey = new KeyFileSigner(this.files.privateKey("registry-key"));
    return {
      issuer: ISSUER,
      trustDomain: facts.trustDomain,
      jwtSvid: { jwksUri: this.issuers.svidKeys, ca: this.files.bundle },
      store: { memory: {} },
      registry: {
        from: { file: await this.publish(1) },
        publicKeys: [await registryKey.publicKeyPem()],
        scope: SCOPE,
      },
      signingKeys: [{ file: this.files.privateKey("signing-key") }],
      services: { introspect: [GATEWAY], state: [GATEWAY] },
      clientCertificates,
      auditLog: "required",
    };
  }
}
