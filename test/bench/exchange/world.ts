import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { LOOPBACK } from "../../../cli/dev/loopback";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { checkConfig, type ExchangeConfig } from "../../../runtime/exchange/config";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { ACCESS_TOKEN, details, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import { CALLERS } from "./callers";
import type { AskingFleet } from "./fleets";
import type { ClientTls, Requests } from "./load";

/** Independent of a process's port, so that one token is for all of them */
export const ISSUER = "https://exchange.bench.acme.example";
const EXCHANGE = "exchange";

/** An agent of a fleet with its SVID, and users whose tokens start its task */
export class ExchangeWorld {
  private constructor(
    public readonly fleet: AskingFleet,
    public readonly files: DevelopmentFiles,
    public readonly issuers: DevelopmentIssuers,
    private readonly registry: { readonly file: string; readonly publicKey: string },
  ) {}

  /** @param folder not used by another world */
  public static async in(folder: string, fleet: AskingFleet): Promise<ExchangeWorld> {
    const authority = new DevelopmentAuthority(fleet.trustDomain);
    const files = new DevelopmentFiles(folder, authority, [
      { name: fleet.agent, spiffeId: fleet.spiffeId },
      {
        name: EXCHANGE,
        spiffeId: `spiffe://${fleet.trustDomain}/ns/ambit-system/sa/ambit-exchange`,
        names: { dnsNames: ["localhost"], ipAddresses: [LOOPBACK] },
      },
    ]);
    files.start();
    const issuers = new DevelopmentIssuers({ authority, audience: ISSUER, spiffeIdOf: () => undefined });
    await issuers.listen();
    const key = new KeyFileSigner(files.privateKey("registry-key"));
    const document = fleet.document(issuers.userIssuer, issuers.starterIssuer);
    const file = files.write("registry.signed", await signedFile(document, key));
    const publicKey = files.write("registry-key.pub.pem", await key.publicKeyPem());
    return new ExchangeWorld(fleet, files, issuers, { file, publicKey });
  }

  public config({ store, persons }: Pick<ExchangeConfig, "persons" | "store">): ExchangeConfig {
    const { certificate, key, bundle, signingKey } = this.paths;
    return checkConfig({
      issuer: ISSUER,
      trustDomain: this.fleet.trustDomain,
      listen: { host: LOOPBACK, port: 0 },
      tls: { files: { certificate, key, bundle } },
      jwtSvid: { jwksUri: this.issuers.svidKeys, ca: bundle },
      store,
      ...(persons && { persons }),
      registry: { from: { file: this.registry.file }, publicKeys: [this.registry.publicKey], scope: SCOPE },
      signingKeys: [{ file: signingKey }],
      services: { introspect: [], state: [] },
      userKeys: { ca: bundle },
    });
  }

  /** Of the exchange */
  public get paths() {
    return {
      certificate: this.files.certificate(EXCHANGE),
      key: this.files.key(EXCHANGE),
      bundle: this.files.bundle,
      signingKey: this.files.privateKey("signing-key"),
    };
  }

  /** What a user's token starts: the task, with a token for its tool */
  public form(user: string): URLSearchParams {
    const { spiffeId: agentId, agent, task, tool } = this.fleet;
    return new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      audience: `tool:${tool}`,
      subject_token: this.issuers.userToken({ agentId, task: `${agent}.${task}`, user }),
      subject_token_type: ACCESS_TOKEN,
      authorization_details: details({ task, start: "user" }),
    });
  }

  /** With tokens that are good for the next minutes, of a user for each caller */
  public requests(port: number, pid: number): Requests {
    return {
      url: `https://${LOOPBACK}:${port}/token`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      bodies: Array.from({ length: CALLERS }, (_, caller) => `${this.form(`user-${caller}`)}`),
      pid,
      tls: this.client,
    };
  }

  /** Of the agent that asks */
  public get client(): ClientTls {
    return {
      authorities: this.files.bundle,
      certificate: this.files.certificate(this.fleet.agent),
      key: this.files.key(this.fleet.agent),
    };
  }

  public async close(): Promise<void> {
    this.files.stop();
    await this.issuers.close();
  }
}
