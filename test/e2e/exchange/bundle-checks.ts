import { deepStrictEqual as equal } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { freePort } from "../../../cli/dev/free-port";
import { facts } from "../../../fleet/platform";
import { bundle, BUNDLES } from "../../../images/bundles";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { READER } from "../../support/exchange/lambda-world";
import { details } from "../../support/exchange/served-exchange";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";
import { selfStartingDocument } from "../../support/exchange/self-starting-document";

const ROOT = resolve(__dirname, "../../..");
const EXCHANGE = `spiffe://${facts.trustDomain}/ns/ambit-system/sa/ambit-exchange`;

/** What an image of the exchange holds, started as its entry point starts it: by Node, in a folder without packages */
export function bundleChecks(suite: Suite): void {
  suite.check("bundle: the exchange starts from its bundle alone, and gives a token", [], async () => {
    const folder = mkdtempSync(join(tmpdir(), "ambit-bundle-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    bundle(ROOT, BUNDLES.exchange, join(folder, "app"));
    const issuer = `https://127.0.0.1:${await freePort()}`;
    const files = filesIn(folder);
    const server = await serve({
      name: "the exchange",
      command: process.execPath,
      args: [join(folder, "app", "main.js")],
      cwd: folder,
      env: { AMBIT_CONFIG: files.write("config.json", JSON.stringify(await configOf(files, issuer))) },
      ready: (said) => said.includes('"event":"exchange.started"'),
    });
    suite.afterwards(() => server.stop());
    const pem = (path: string): string => readFileSync(path, "utf8");
    const ask = tlsFetch({
      ca: pem(files.bundle),
      cert: pem(files.certificate("reader")),
      key: pem(files.key("reader")),
    });
    const answer = await ask(`${issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        audience: "tool:search",
        authorization_details: details({ task: "fetch", start: "agent" }),
      }),
    });
    const { token_type, scope } = (await answer.json()) as Readonly<Record<string, string>>;
    equal([answer.status, token_type, scope], [200, "Bearer", "query"]);
  });
}

function filesIn(folder: string): DevelopmentFiles {
  const files = new DevelopmentFiles(folder, new DevelopmentAuthority(facts.trustDomain), [
    { name: "exchange", spiffeId: EXCHANGE, names: { dnsNames: [], ipAddresses: ["127.0.0.1"] } },
    { name: "reader", spiffeId: READER },
  ]);
  files.renew();
  return files;
}

async function configOf(files: DevelopmentFiles, issuer: string): Promise<object> {
  const key = new KeyFileSigner(files.privateKey("registry-key"));
  const document = selfStartingDocument("https://users.example", "https://starter.example");
  return {
    issuer,
    trustDomain: facts.trustDomain,
    listen: { host: "127.0.0.1", port: Number(new URL(issuer).port) },
    tls: { files: { certificate: files.certificate("exchange"), key: files.key("exchange"), bundle: files.bundle } },
    jwtSvid: { jwksUri: "https://127.0.0.1:1/keys" },
    store: { memory: {} },
    registry: {
      from: { file: files.write("registry.signed", await signedFile(document, key)) },
      publicKeys: [await key.publicKeyPem()],
      scope: SCOPE,
    },
    signingKeys: [{ file: files.privateKey("signing-key") }],
    services: { introspect: [], state: [] },
  };
}
