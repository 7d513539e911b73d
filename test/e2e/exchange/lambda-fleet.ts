import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { facts } from "../../../fleet/platform";
import { DpopKey } from "../../support/exchange/dpop-key";
import type { LambdaRequest } from "../../support/exchange/lambda-events";
import { ISSUER, READER } from "../../support/exchange/lambda-world";
import { details, JWT_SPIFFE } from "../../support/exchange/served-exchange";
import { SCOPE } from "../../support/exchange/signed-example";
import type { Suite } from "../harness/suite";
import { RegistryWorld } from "./registry-world";
import { createTables, REGION, tablesAt } from "./state-table";
import { selfStartingDocument } from "../../support/exchange/self-starting-document";

/** The example fleet with its state, registry and key at an address that stands in for AWS, and an agent that asks */
export class LambdaFleet {
  private constructor(
    public readonly authority: DevelopmentAuthority,
    /** Of the function */
    public readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param folder for files of the fleet */
  public static async at(url: string, folder: string, suite: Pick<Suite, "afterwards">): Promise<LambdaFleet> {
    const authority = new DevelopmentAuthority(facts.trustDomain);
    const { bundle: ca } = new DevelopmentFiles(folder, authority, []);
    const issuers = new DevelopmentIssuers({ authority, audience: ISSUER, spiffeIdOf: () => READER });
    await issuers.listen();
    suite.afterwards(() => issuers.close());
    const registry = await RegistryWorld.start(suite, url, "lambda-registry", "alias/ambit/lambda/registry");
    const document = selfStartingDocument(issuers.userIssuer, issuers.starterIssuer);
    const { code, tail } = await registry.deploy(registry.synthesized("example", document));
    if (code !== 0) throw new Error(tail);
    await createTables(url, "lambda-state");
    const config = {
      issuer: ISSUER,
      trustDomain: facts.trustDomain,
      jwtSvid: { jwksUri: issuers.svidKeys, ca },
      ...tablesAt(url, "lambda-state"),
      registry: {
        from: { dynamodb: { table: "lambda-registry", region: REGION, endpoint: url } },
        publicKeys: [registry.publicKey],
        scope: SCOPE,
      },
      signingKeys: [{ kms: await signingKeyAt(url) }],
      services: { introspect: [], state: [] },
      clientCertificates: "none",
    };
    return new LambdaFleet(authority, {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: url,
      AMBIT_CONFIG_JSON: JSON.stringify(config),
    });
  }

  /** For a token that is bound to a key of the agent, or to nothing */
  public tokenRequest(bound = true): LambdaRequest {
    const form = {
      grant_type: "client_credentials",
      audience: "tool:search",
      authorization_details: details({ task: "fetch", start: "agent" }),
      client_assertion_type: JWT_SPIFFE,
      client_assertion: this.authority.jwtSvid(READER, ISSUER),
    };
    const proof = (): Record<string, string> => ({ dpop: new DpopKey().proof("POST", `${ISSUER}/token`) });
    return { path: "/token", form, ...(bound ? { headers: proof() } : {}) };
  }
}

/** The ARN of a new key */
async function signingKeyAt(url: string): Promise<string | undefined> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const kms = new KMSClient({ endpoint: url, region: REGION, credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
  kms.destroy();
  return KeyMetadata?.Arn;
}
