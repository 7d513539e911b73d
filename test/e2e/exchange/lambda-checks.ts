import { deepStrictEqual as equal } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { developmentDocument } from "../../../cli/dev/development-registry";
import { facts } from "../../../fleet/platform";
import { bundle } from "../../../images/bundles";
import { DpopKey } from "../../support/exchange/dpop-key";
import { ISSUER, READER } from "../../support/exchange/lambda-world";
import { details, JWT_SPIFFE } from "../../support/exchange/served-exchange";
import { SCOPE } from "../../support/exchange/signed-example";
import { madeOnce } from "../harness/cache";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { LambdaRuntime } from "./lambda-runtime";
import { RegistryWorld } from "./registry-world";
import { createTable, REGION } from "./state-table";

const ROOT = resolve(__dirname, "../../..");
/**
 * Apache-2.0. It takes events by JavaScript of its own where told so, and posts answers by native code, which its scripts
 * would build from the sources of curl: a few lines stand in for that.
 */
const CLIENT = "aws-lambda-ric@3.3.0";
const POSTS = `
const { request } = require("node:http");
const post = (what) => (id, body) => {
  const address = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/" + id + "/" + what;
  request(address, { method: "POST" }).end(body);
};
Object.assign(exports, { initializeClient() {}, done: post("response"), error: post("error") });
`;

/** The function's bundle in a process of its own, which AWS's runtime interface client runs */
export function lambdaChecks(suite: Suite, moto: Check<Moto>): void {
  const client = suite.check("lambda: AWS's runtime interface client is installed", [], async () => {
    const folder = await madeOnce("lambda-ric", [__filename], async (made) => {
      const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", made, CLIENT];
      const { code, tail } = await run("npm", args, { cwd: made });
      if (code !== 0) throw new Error(tail);
      const native = join(made, "node_modules/aws-lambda-ric/dist/rapid-client.node");
      mkdirSync(native);
      writeFileSync(join(native, "index.js"), POSTS);
    });
    return join(folder, "node_modules/aws-lambda-ric/bin/index.mjs");
  });
  const world = suite.check(
    "lambda: the bundle starts, with DynamoDB and KMS",
    [client, moto],
    async ([path, { url }]) => {
      const folder = mkdtempSync(join(tmpdir(), "ambit-lambda-"));
      suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      await bundle(ROOT, "lambda", join(folder, "bundle"));
      const authority = new DevelopmentAuthority(facts.trustDomain);
      const { bundle: ca } = new DevelopmentFiles(folder, authority, []);
      const issuers = new DevelopmentIssuers({ authority, audience: ISSUER, spiffeIdOf: () => READER });
      await issuers.listen();
      suite.afterwards(() => issuers.close());
      const runtime = new LambdaRuntime();
      suite.afterwards(() => runtime.stop());
      const config = await configOf(suite, url, issuers, ca);
      const aws = {
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: REGION,
        AWS_ENDPOINT_URL: url,
      };
      const env = { ...aws, AMBIT_CONFIG_JSON: JSON.stringify(config) };
      await runtime.start({ client: path, folder: join(folder, "bundle"), env });
      return { runtime, authority };
    },
  );
  const form = (authority: DevelopmentAuthority, task = "fetch"): Record<string, string> => ({
    grant_type: "client_credentials",
    audience: "tool:search",
    authorization_details: details({ task, start: "agent" }),
    client_assertion_type: JWT_SPIFFE,
    client_assertion: authority.jwtSvid(READER, ISSUER),
  });
  const proof = (): Record<string, string> => ({ dpop: new DpopKey().proof("POST", `${ISSUER}/token`) });

  suite.check("lambda: an agent outside the cluster gets a token", [world], async ([{ runtime, authority }]) => {
    const { statusCode, body } = await runtime.ask({ path: "/token", form: form(authority), headers: proof() });
    const { token_type, scope } = JSON.parse(body);
    equal([statusCode, token_type, scope], [200, "DPoP", "query"]);
  });
  suite.check(
    "lambda: fails with a reason where nothing binds the token",
    [world],
    async ([{ runtime, authority }]) => {
      const { statusCode, body } = await runtime.ask({ path: "/token", form: form(authority) });
      equal([statusCode, JSON.parse(body).reasons[0].code], [400, "binding.missing"]);
    },
  );
  suite.check("lambda: fails where the certificate is only in the event", [world], async ([{ runtime, authority }]) => {
    const { certificate } = authority.x509Svid(READER);
    const { statusCode, body } = await runtime.ask({ path: "/state/read", certificate });
    equal([statusCode, JSON.parse(body).reasons[0].code], [401, "client.unauthenticated"]);
  });
}

async function configOf(suite: Suite, url: string, issuers: DevelopmentIssuers, ca: string): Promise<object> {
  const registry = await RegistryWorld.start(suite, url, "lambda-registry", "alias/ambit/lambda/registry");
  const document = developmentDocument(issuers.userIssuer, issuers.starterIssuer);
  const { code, tail } = await registry.deploy(registry.synthesized("example", document));
  if (code !== 0) throw new Error(tail);
  await createTable(url, "lambda-state");
  const kms = new KMSClient({
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
  kms.destroy();
  return {
    issuer: ISSUER,
    trustDomain: facts.trustDomain,
    jwtSvid: { jwksUri: issuers.svidKeys, ca },
    store: { dynamodb: { table: "lambda-state", region: REGION, endpoint: url } },
    registry: {
      from: { dynamodb: { table: "lambda-registry", region: REGION, endpoint: url } },
      publicKeys: [registry.publicKey],
      scope: SCOPE,
    },
    signingKeys: [{ kms: KeyMetadata?.Arn }],
    services: { introspect: [], state: [] },
    clientCertificates: "none",
  };
}
