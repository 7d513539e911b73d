import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import { envoyJson } from "../../../constructs/gateway/private/envoy-config";
import type { Allowed } from "../../../runtime/authorizer/call/spent-calls";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../../runtime/authorizer/envoy/envoy-server";
import { HeardExchange } from "../../../runtime/authorizer/pod/heard-exchange";
import { servePod } from "../../../runtime/authorizer/pod/serve-pod";
import type { Registry } from "../../../runtime/registry/registry";
import type { HeldSvid, SvidSource } from "../../../runtime/workload-api/svid";
import { certificate, type Certified } from "../../support/certificate";
import { addressOfNetwork } from "../exchange/network-address";
import { isListening, serve, type Server } from "../harness/server";
import type { Suite } from "../harness/suite";
import { RecordingTool } from "./recording-tool";
import { NOTHING_OPEN } from "../../support/nothing-open";

const DOMAIN = "prod.acme.example";
const GATEWAY = `spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`;
const AGENT = `spiffe://${DOMAIN}/ns/office/sa/clerk`;
const AUTHORITY = "identities";
const HOST = "crm.acme-tools.example";
/** More than the requests of a check take, on a machine with other work too */
const DRAIN_SECONDS = 15;

const SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** A client with one connection at a time, which it keeps as long as the server does */
export interface Client {
  /** How many connections it has used */
  readonly connections: number;
  /** @returns the status; it fails where there is no whole answer */
  call(path: string): Promise<number | undefined>;
  close(): void;
}

/** Envoy with its authorizer's socket, pod and tool, without SPIRE and exchange: everything is allowed */
export class DrainWorld {
  public readonly slowArrived: Promise<void>;
  private arrived!: () => void;
  private slow: ServerResponse | undefined;

  private constructor(
    public readonly envoy: Server,
    private readonly host: string,
    private readonly port: number,
    public readonly podPort: number,
    private readonly ca: string,
    private readonly svid: Certified,
    tool: RecordingTool,
  ) {
    this.slowArrived = new Promise((resolve) => (this.arrived = resolve));
    tool.answering = ({ url }, response) => {
      if (url !== "/slow") return void response.writeHead(200).end("ok");
      this.slow = response;
      this.arrived();
    };
  }

  /** A trust bundle that issued no certificate of this world */
  public static authorities(): string {
    return certificate({ commonName: "unknown" }).cert;
  }

  public static async start(suite: Suite, program: string): Promise<DrainWorld> {
    // Sockets lie in it, so the path is short.
    const folder = mkdtempSync(join(tmpdir(), "ambit-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const host = addressOfNetwork();
    const tool = await RecordingTool.start(host, [HOST]);
    suite.afterwards(() => tool.stop());
    const authority = certificate({ commonName: AUTHORITY });
    const svidOf = (uri: string): Certified =>
      certificate({ commonName: uri, uris: [uri], issuer: { commonName: AUTHORITY, key: authority.key } });
    const files = secretFiles(folder, svidOf(GATEWAY), authority.cert);
    const sockets = { authorizer: join(folder, "authorizer.sock"), admin: join(folder, "admin.sock") };
    writeFileSync(join(folder, "authorities.pem"), tool.authority);
    const [port, podPort] = [await freePort(), await freePort()];
    const config = envoyJson({
      trustDomain: DOMAIN,
      spiffeId: GATEWAY,
      listen: { address: host, port },
      tools: [{ name: "crm", url: `https://${HOST}:${tool.port}`, kind: "http" }],
      resources: { address: `https://${host}:${port}`, issuer: "https://exchange.example" },
      identity: { files },
      sockets,
      authorities: join(folder, "authorities.pem"),
    });
    writeFileSync(join(folder, "envoy.json"), config);
    await servedToEnvoy(suite, sockets, podPort, `${host}:${tool.port}`);
    const envoy = await serve({
      name: "Envoy",
      command: program,
      args: [
        ...["--config-path", join(folder, "envoy.json"), "--disable-hot-restart", "--concurrency", "2"],
        ...["--drain-time-s", `${DRAIN_SECONDS}`, "--drain-strategy", "immediate", "--log-level", "warning"],
      ],
      ready: () => isListening(host, port),
    });
    suite.afterwards(() => envoy.kill());
    return new DrainWorld(envoy, host, port, podPort, authority.cert, svidOf(AGENT), tool);
  }

  public answerSlow(): void {
    this.slow?.writeHead(200).end("ok");
  }

  public client(): Client {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 });
    const sockets = new Set<unknown>();
    return {
      get connections() {
        return sockets.size;
      },
      call: (path) =>
        new Promise((resolve, reject) => {
          const { host, port, ca, svid } = this;
          const options = { host, port, path, agent, ca, ...svid, checkServerIdentity: () => undefined };
          const sent = request(options, (answer) => {
            answer.once("error", reject).once("end", () => resolve(answer.statusCode));
            answer.resume();
          });
          sent.once("socket", (socket) => sockets.add(socket));
          sent.once("error", reject).end();
        }),
      close: () => agent.destroy(),
    };
  }
}

/** What the authorizer's process would serve, but for its decisions */
async function servedToEnvoy(
  suite: Suite,
  sockets: { readonly authorizer: string; readonly admin: string },
  podPort: number,
  address: string,
): Promise<void> {
  const claims = { client_id: AGENT, task: "work", run: "r", txn: "t" };
  const allowed = {
    bound: { claims },
    facts: { tool: "crm", action: "get" },
    set: {},
    remove: [],
    requestDigest: "d",
    address,
  };
  const log = (): void => undefined;
  const server = new EnvoyServer({
    ways: { admit: () => Promise.reject(new Error("no agent serves")), card: () => undefined },
    authorizer: { authorize: async () => allowed as unknown as Allowed },
    outcomes: { begin: () => undefined, callOf: () => allowed as unknown as Allowed, end: () => undefined },
    open: NOTHING_OPEN,
    refusals: { tell: () => undefined },
    log,
    mostBytes: MOST_MESSAGE_BYTES,
  });
  await server.listen(sockets.authorizer);
  suite.afterwards(() => server.close());
  const never = () => Promise.reject(new Error("the exchange is not asked"));
  const pod = await servePod(
    { listen: { host: "127.0.0.1", port: podPort }, admin: sockets.admin, drainSeconds: DRAIN_SECONDS },
    {
      source: { current: () => ({}) as HeldSvid } satisfies Pick<SvidSource, "current">,
      registry: { current: () => ({}) } as unknown as Registry,
      exchange: new HeardExchange({ get: never, post: never }),
      log,
    },
  );
  suite.afterwards(() => pod.close());
}

/** In the form of Envoy's secret discovery */
function secretFiles(folder: string, svid: Certified, bundle: string) {
  const written = (name: string, secret: object): string => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify({ resources: [{ "@type": SECRET, ...secret }] }), { mode: 0o600 });
    return path;
  };
  const inline = (text: string) => ({ inline_string: text });
  return {
    svid: written("svid", {
      name: GATEWAY,
      tls_certificate: { certificate_chain: inline(svid.cert), private_key: inline(svid.key) },
    }),
    bundle: written("bundle", {
      name: `spiffe://${DOMAIN}`,
      validation_context: { trusted_ca: inline(bundle) },
    }),
  };
}
