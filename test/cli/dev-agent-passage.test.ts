import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import { freePort } from "../../cli/dev/free-port";
import { AuthorizerClient } from "../../cli/dev/gateway/authorizer-client";
import { usersRouteIn } from "../../cli/dev/gateway/forwarder-routes";
import { UsersForwarder } from "../../cli/dev/gateway/users-forwarder";
import { envoyJson } from "../../constructs/gateway/private/envoy-config";
import { Denial } from "../../runtime/authorizer/denial";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../runtime/authorizer/envoy/envoy-server";
import type { WayRequest } from "../../runtime/authorizer/ways/way-request";
import type { Admitted } from "../../runtime/authorizer/ways/ways-in";
import type { HeldSvid } from "../../runtime/workload-api/svid";
import { NOTHING_OPEN } from "../support/nothing-open";

const DOMAIN = "prod.acme.example";
const DESK = `spiffe://${DOMAIN}/ns/office/sa/desk`;
const HOST = "desk.agents.acme.example";
const folder = mkdtempSync(join(tmpdir(), "ambit-ap-"));
const socket = join(folder, "a.sock");
const authority = new DevelopmentAuthority(DOMAIN);
const gateway = authority.x509Svid(`spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`);
const listener = authority.x509Svid(`spiffe://${DOMAIN}/users`, { dnsNames: [HOST], ipAddresses: [] });
const config = envoyJson({
  trustDomain: DOMAIN,
  spiffeId: `spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`,
  listen: { address: "127.0.0.1", port: 1 },
  tools: [],
  resources: { address: "https://gateway.example", issuer: "https://exchange.example" },
  identity: { files: { svid: "s", bundle: "b" } },
  sockets: { authorizer: socket, admin: "a" },
  authorities: "c",
  serves: true,
  users: { listen: { address: "127.0.0.1", port: 2 }, certificate: "d", origins: [], requestsPerSecond: 1 },
});

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

const asked: WayRequest[] = [];
const arrived: { readonly request: IncomingMessage; readonly body: string; readonly peer: string | undefined }[] = [];
let admitting: () => Promise<Admitted>;
let pod: Server;
let authorizer: EnvoyServer;
let client: AuthorizerClient;
let users: UsersForwarder;
let port: number;
let svid: HeldSvid | undefined;

beforeEach(async () => {
  asked.length = 0;
  arrived.length = 0;
  svid = { cert: gateway.certificate, key: gateway.key, ca: authority.bundle } as HeldSvid;
  const { certificate: cert, key } = authority.x509Svid(DESK);
  pod = createServer({ cert, key, ca: authority.bundle, requestCert: true }, (incoming, response) => {
    let body = "";
    incoming.on("data", (part: Buffer) => (body += part.toString()));
    incoming.on("end", () => {
      const connection = incoming.socket as TLSSocket;
      arrived.push({ request: incoming, body, peer: connection.getPeerX509Certificate()?.subjectAltName });
      response.writeHead(201, { "x-envoy-upstream-service-time": "1", "ambit-run": "r.1" }).end("done");
    });
  });
  await new Promise<void>((resolve) => pod.listen(0, "127.0.0.1", resolve));
  admitting = async () => admitted();
  authorizer = new EnvoyServer({
    ways: { card: () => undefined, admit: (way) => (asked.push(way), admitting()) },
    authorizer: { authorize: () => Promise.reject(new Error("no tool is called")) },
    outcomes: { callOf: () => undefined, begin: () => undefined, end: () => undefined },
    open: NOTHING_OPEN,
    refusals: { tell: () => undefined },
    log: () => undefined,
    mostBytes: MOST_MESSAGE_BYTES,
  });
  await authorizer.listen(socket);
  client = new AuthorizerClient(socket);
  port = await freePort();
  users = await UsersForwarder.start({
    route: usersRouteIn(config),
    port,
    authorizer: client,
    source: { current: () => svid },
    certificate: () => ({ cert: listener.certificate, key: listener.key }),
  });
});
afterEach(async () => {
  await users.close();
  client.close();
  await authorizer.close();
  pod.closeAllConnections();
  pod.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function admitted(peer = DESK): Admitted {
  return {
    agent: "desk",
    way: "http",
    task: "tell",
    start: "user",
    set: { "x-ambit-evidence": "token", "x-forwarded-host": HOST },
    remove: ["authorization", "ambit-task"],
    address: `127.0.0.1:${(pod.address() as AddressInfo).port}`,
    peer,
    call: undefined,
  };
}

function sent(path: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Got> {
  const to = { host: "127.0.0.1", port, servername: HOST, ca: authority.bundle, agent: false as const };
  return new Promise((resolve, reject) => {
    const sending = request({ ...to, path, method: "POST", headers: { host: HOST, ...headers } }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => (text += part.toString()));
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sending.once("error", reject);
    sending.end(body);
  });
}

const codesOf = ({ status, text }: Got): readonly unknown[] => [
  status,
  ...(JSON.parse(text) as { reasons: { code: string }[] }).reasons.map(({ code }) => code),
];

describe("a user's request for an agent, by the development forwarder", () => {
  test("goes to the companion at the address that was decided on, without its evidence, as the gateway", async () => {
    const headers = { authorization: "Bearer token", "ambit-task": "tell", "x-own": "y" };
    const got = await sent("/chat?x=y", headers, "hello");
    expect([got.status, got.text, got.headers["ambit-run"]]).toEqual([201, "done", "r.1"]);
    expect(got.headers["x-envoy-upstream-service-time"]).toBeUndefined();
    const [{ request: incoming, body, peer }] = arrived as [(typeof arrived)[number]];
    expect([incoming.method, incoming.url, body]).toEqual(["POST", "/chat?x=y", "hello"]);
    expect(peer).toBe(`URI:spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`);
    expect(incoming.headers).toEqual({
      host: HOST,
      connection: "close",
      "content-length": "5",
      "x-ambit-evidence": "token",
      "x-forwarded-host": HOST,
      "x-own": "y",
      "x-request-id": expect.any(String),
    });
    expect(asked).toMatchObject([{ by: "users", certificate: "", path: "/chat?x=y" }]);
  });

  test("fails where the authorizer refuses, in its words", async () => {
    admitting = () => Promise.reject(Denial.of("way.route"));
    expect(codesOf(await sent("/chat"))).toEqual([403, "way.route"]);
    expect(arrived).toEqual([]);
  });

  test("fails for a pod that shows another agent's SVID: it gets no byte", async () => {
    admitting = async () => admitted(`spiffe://${DOMAIN}/ns/office/sa/other`);
    expect(codesOf(await sent("/chat", {}, "hello"))).toEqual([503, "way.unreachable"]);
    expect(arrived).toEqual([]);
  });

  test("fails for a pod that is gone, and for one that gives no answer", async () => {
    const gone = await freePort();
    admitting = async () => ({ ...admitted(), address: `127.0.0.1:${gone}` });
    expect(codesOf(await sent("/chat"))).toEqual([503, "way.unreachable"]);
    pod.removeAllListeners("request");
    pod.on("request", (incoming: IncomingMessage) => incoming.socket.destroy());
    admitting = async () => admitted();
    expect(codesOf(await sent("/chat"))).toEqual([503, "way.unavailable"]);
  });

  test("fails where the authorizer is gone, and where the gateway has no SVID", async () => {
    svid = undefined;
    expect(codesOf(await sent("/chat"))).toEqual([503, "gateway.authorizer"]);
    await authorizer.close();
    expect(codesOf(await sent("/chat"))).toEqual([503, "gateway.authorizer"]);
    expect(arrived).toEqual([]);
  });

  test("fails for what several servers read in different ways", async () => {
    expect(codesOf(await sent("/chat%2fx"))).toEqual([400, "gateway.limit"]);
    expect(codesOf(await sent("/chat", { a_b: "c" }))).toEqual([400, "gateway.limit"]);
    expect(asked).toEqual([]);
  });
});
