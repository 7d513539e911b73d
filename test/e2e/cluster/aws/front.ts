import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  request as ask,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { join } from "node:path";
import { certificate, type Certified } from "../../../support/certificate";
import { until } from "../../harness/until";
import { ADDRESSES } from "../addresses";
import type { OneNode } from "../one-node";
import { WITNESS_HOST } from "../tools/hosts";
import type { AwsCalls } from "./calls";

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
const [folder, ...places] = process.argv.slice(1);
for (const [address, name] of places.map((place) => place.split("=")))
  require("node:tls").createServer({ cert: readFileSync(folder + "/" + name + ".pem"), key: readFileSync(folder + "/" + name + ".key") }, (client) => {
    const server = connect(folder + "/front.sock");
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
    client.pipe(server).pipe(client);
  }).listen(443, address, () => console.log("listens"));
`;

/** By the name of their certificate: where it is shown, and for which hosts. A tool's is for no host of AWS, nor the other way round. */
const certified = (tools: readonly string[]) => ({
  front: {
    addresses: [ADDRESSES.vpcEndpoint, ADDRESSES.outside],
    dnsNames: [
      `*.${REGION_DOMAIN}`,
      `*.s3.${REGION_DOMAIN}`,
      "*.dynamodb.eu-central-1.vpce.amazonaws.com",
      LOGIN,
      WITNESS_HOST,
    ],
  },
  tools: { addresses: [ADDRESSES.tools], dnsNames: tools },
});

/** Whose certificates the front shows, PEM */
export function frontAuthority(): Certified {
  return certificate({ commonName: AUTHORITY });
}

export interface FrontProps {
  /** http address of moto */
  readonly aws: string;
  /** What answers besides, by its host */
  readonly standIns: ReadonlyMap<string, RequestListener>;
  /** Hosts of tools that have a certificate */
  readonly tools: readonly string[];
  readonly authority: Certified;
  /** Told of each request to STS and S3 */
  readonly calls: AwsCalls;
}

/**
 * What answers pods at the addresses of the VPC endpoints, of the users' login and of tools, by their own names and with
 * https: the network policies that are rendered let packets go there and nowhere else. Behind it are moto and stand-ins.
 */
export class AwsFront {
  private constructor(
    private readonly on: OneNode,
    private readonly server: Server,
    private readonly way: Way,
    private readonly places: readonly Place[],
  ) {}

  public static async start(on: OneNode, props: FrontProps): Promise<AwsFront> {
    const { authority, standIns, tools } = props;
    const folder = folderOf(on);
    mkdirSync(folder);
    const issuer = { commonName: AUTHORITY, key: authority.key };
    const shown = Object.entries(certified(tools));
    for (const [name, { dnsNames }] of shown) {
      const { cert, key } = certificate({ commonName: name, dnsNames, issuer });
      // A browser that is told which authority to trust knows it by the chain alone.
      writeFileSync(join(folder, `${name}.pem`), `${cert}${authority.cert}`);
      writeFileSync(join(folder, `${name}.key`), key);
    }
    const way: Way = { isCut: false, lost: 0 };
    const server = createServer((request, response) => {
      const standIn = standIns.get(request.headers.host ?? "");
      if (standIn === undefined) toAws(request, response, props, way);
      else standIn(request, response);
    });
    await new Promise<void>((resolve) => server.listen(join(folder, "front.sock"), resolve));
    const places = shown.flatMap(([name, { addresses }]) =>
      addresses.map((address) => ({ address, place: `${address}=${name}` })),
    );
    const front = new AwsFront(on, server, way, places);
    await front.listen();
    return front;
  }

  /** Answer in the node's network, again where the node has another. */
  public async listen(): Promise<void> {
    const { on, places } = this;
    const said = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");
    const log = on.namespaces.logOf(NAME);
    const before = said().length;
    for (const { address } of places) await on.namespaces.run("ip", ["addr", "add", `${address}/32`, "dev", "node0"]);
    // A child of the node's first process: it ends with the node.
    const shown = places.map(({ place }) => place);
    await on.namespaces.keep(NAME, process.execPath, ["-e", LISTEN, folderOf(on), ...shown]);
    await until(
      () => said().slice(before).split("listens").length > places.length,
      LISTEN_SECONDS,
      () => `no front: ${said()}`,
    );
  }

  /** Cut the way to AWS off, or mend it: of two requests that get lost, one arrives, and its answer does not come back. */
  public cut(isCut: boolean): void {
    this.way.isCut = isCut;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** An address of a stand-in, and which certificate it shows there */
interface Place {
  readonly address: string;
  readonly place: string;
}

function folderOf(on: OneNode): string {
  return join(on.folder, "aws");
}

interface Way {
  isCut: boolean;
  /** Requests that got lost */
  lost: number;
}

function toAws(request: IncomingMessage, response: ServerResponse, { aws, calls }: FrontProps, way: Way): void {
  if (way.isCut) {
    way.lost += 1;
    if (way.lost % 2 === 0) {
      request.socket.destroy();
      return;
    }
  }
  const { host = "", ...headers } = request.headers;
  const { path, form } = unsigned(host, request.url ?? "/");
  const names = { host: host.replace(ENDPOINT_NAME, `dynamodb.${REGION_DOMAIN}`) };
  const typed =
    form === undefined
      ? {}
      : { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(form) };
  const { method } = request;
  const tell = calls.watch(request, form);
  const passed = ask(new URL(aws), { method, path, headers: { ...headers, ...names, ...typed } }, (answered) => {
    if (way.isCut) {
      answered.resume();
      response.destroy();
      return;
    }
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
    tell(answered);
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
