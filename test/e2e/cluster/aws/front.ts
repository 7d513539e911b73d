import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as ask, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { certificate } from "../../../support/certificate";
import { until } from "../../harness/until";
import { ADDRESSES } from "../addresses";
import type { OneNode } from "../one-node";

const REGION_DOMAIN = "eu-central-1.amazonaws.com";
/** Of the endpoint of DynamoDB, which moto does not know by this name */
const ENDPOINT_NAME = /^vpce-[\w-]+\.dynamodb\.eu-central-1\.vpce\.amazonaws\.com$/;
const LISTEN_SECONDS = 120;
/** Of its log */
const NAME = "aws-front";
const AUTHORITY = "stand-in for AWS";
/** Users log in here, in the example's platform */
export const LOGIN = "login.acme.example";

/** Takes connections where pods look for AWS, and passes what they say on to the machine, whose process has a socket. */
const LISTEN = `
const { connect } = require("node:net");
const { readFileSync } = require("node:fs");
const [folder, ...addresses] = process.argv.slice(1);
const options = { cert: readFileSync(folder + "/front.pem"), key: readFileSync(folder + "/front.key") };
for (const address of addresses)
  require("node:tls").createServer(options, (client) => {
    const server = connect(folder + "/front.sock");
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    client.pipe(server).pipe(client);
  }).listen(443, address, () => console.log("listens"));
`;

/**
 * What answers pods at the addresses of the VPC endpoints, and of the users' login, by their own names and with https:
 * the network policies that are rendered let packets go there and nowhere else. Behind it is moto.
 */
export class AwsFront {
  private constructor(
    /** PEM of the authority whose certificate it shows */
    public readonly authority: string,
    private readonly server: Server,
  ) {}

  /**
   * @param aws http address of moto
   * @param documents what is served besides, by its https address
   */
  public static async start(on: OneNode, aws: string, documents: ReadonlyMap<string, object>): Promise<AwsFront> {
    const folder = join(on.folder, "aws");
    mkdirSync(folder);
    const authority = certificate({ commonName: AUTHORITY });
    const own = certificate({
      commonName: "front",
      dnsNames: [`*.${REGION_DOMAIN}`, `*.s3.${REGION_DOMAIN}`, "*.dynamodb.eu-central-1.vpce.amazonaws.com", LOGIN],
      issuer: { commonName: AUTHORITY, key: authority.key },
    });
    writeFileSync(join(folder, "front.pem"), own.cert);
    writeFileSync(join(folder, "front.key"), own.key);
    const server = createServer((request, response) => answer(request, response, aws, documents));
    await new Promise<void>((resolve) => server.listen(join(folder, "front.sock"), resolve));
    const addresses = [ADDRESSES.vpcEndpoint, ADDRESSES.outside];
    for (const address of addresses) await on.namespaces.run("ip", ["addr", "add", `${address}/32`, "dev", "node0"]);
    // A child of the node's first process: it ends with the node.
    await on.namespaces.keep(NAME, process.execPath, ["-e", LISTEN, folder, ...addresses]);
    const said = (): string => readFileSync(on.namespaces.logOf(NAME), "utf8");
    await until(
      () => said().split("listens").length > addresses.length,
      LISTEN_SECONDS,
      () => `no front: ${said()}`,
    );
    return new AwsFront(authority.cert, server);
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  aws: string,
  documents: ReadonlyMap<string, object>,
): void {
  const { host = "", ...headers } = request.headers;
  const document = documents.get(`https://${host}${request.url}`);
  if (document !== undefined) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
    return;
  }
  const { path, form } = unsigned(host, request.url ?? "/");
  const names = { host: host.replace(ENDPOINT_NAME, `dynamodb.${REGION_DOMAIN}`) };
  const typed =
    form === undefined
      ? {}
      : { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(form) };
  const { method } = request;
  const passed = ask(new URL(aws), { method, path, headers: { ...headers, ...names, ...typed } }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  passed.on("error", () => response.destroy());
  if (form === undefined) request.pipe(passed);
  else passed.end(form);
}

/** STS takes an action in the query too, moto only in the body. */
function unsigned(host: string, url: string): { readonly path: string; readonly form?: string } {
  const [path = "/", form] = url.split("?");
  return host.startsWith("sts.") && form !== undefined ? { path, form } : { path: url };
}
