import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions } from "playwright-core";
import { DevelopmentAuthority, type ServerNames } from "../../../cli/dev/development-authority";
import { freePort } from "../../../cli/dev/free-port";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import type { ExactRequest } from "../../../runtime/approval/digest";
import { Pep } from "../../support/arap/pep";
import { PUSH_PATH } from "../../../runtime/exchange/signals/pushed-events";
import { ISSUER } from "../exchange/issuer";
import { NetworkProxy } from "../exchange/network-proxy";
import { claimsIn } from "../exchange/real-agent";
import { type Got, called, toolToken } from "../gateway/call";
import { SECRET_ARN, secretOf } from "../../support/exchange/notices-world";
import { WEBHOOK_AUTHORITIES, WEBHOOK_HOST, WebhookReceiver } from "../../support/exchange/webhook-receiver";
import { GatewayWorld } from "../gateway/gateway-world";
import { ROBOT_KEY } from "../gateway/secret-server";
import type { Suite } from "../harness/suite";
import { CALL, META, modern, rpc } from "../mcp/hostile-messages";
import { SHOP_HOST } from "../mcp/mcp-servers";
import { startBrowser } from "../review/browser";
import type { SpirePrograms } from "../spire/programs";
import { Approver } from "./approver";
import { issuerAt, Keycloak } from "./keycloak";
import { CLIENT, type PersonName } from "./keycloak-realm";
import { oversightFleet } from "./oversight-fleet";
import { OversightShop } from "./oversight-shop";

export const HOST = "approvals.acme.example";
export const ORIGIN = `https://${HOST}`;
/** Where Keycloak pushes security events to */
export const PUSH_TO = `${ORIGIN}${PUSH_PATH}`;
/** A web site of a stranger, which the browser finds at the page's own address */
export const STRANGER = "stranger.example";

/** What an agent asks for */
export interface Payment {
  readonly user: string;
  readonly order?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What people approved, as a client of AuthZEN shows it */
  readonly approval?: object;
}

/** An agent, what stands between it and its tool, the approvers' page, and people who log in at Keycloak in a browser */
export class OversightWorld {
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    public readonly gateway: GatewayWorld,
    public readonly keycloak: Keycloak,
    public readonly browser: Browser,
    public readonly pagePort: number,
    public readonly receiver: WebhookReceiver,
    /** PEM of the authority that vouches for Keycloak */
    public readonly ca: string,
    /** What an exchange that starts from now on fetches */
    public readonly signals: { fetched: ExchangeConfig["signals"] },
    public readonly shop: OversightShop,
  ) {}

  public static async start(suite: Suite, spire: SpirePrograms, envoy: string): Promise<OversightWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-oversight-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const authority = new DevelopmentAuthority("people.example");
    const servedBy = (name: string, names: ServerNames) => certified(authority, folder, name, names);
    const pagePort = await freePort();
    const keycloakPort = await freePort();
    const page = { port: pagePort, ...servedBy("page", { dnsNames: [HOST], ipAddresses: [] }) };
    const issuer = issuerAt(keycloakPort);
    const proxy = await NetworkProxy.to({ host: "127.0.0.1", port: pagePort });
    suite.afterwards(() => proxy.stop());
    const receiver = new WebhookReceiver();
    await receiver.listen();
    suite.afterwards(() => receiver.close());
    const people = {
      props: {
        issuer,
        jwksUri: `${issuer}/protocol/openid-connect/certs`,
        clientId: CLIENT,
        operators: [],
        host: HOST,
        notify: { host: WEBHOOK_HOST, secret: SECRET_ARN, cidrs: ["192.0.2.0/24"] },
      },
      ca: authority.bundle,
      page,
      receiver: { secret: [SECRET_ARN, secretOf()], port: receiver.port, authorities: WEBHOOK_AUTHORITIES } as const,
    };
    const shop = await OversightShop.start(suite);
    const signals: { fetched: ExchangeConfig["signals"] } = { fetched: undefined };
    const [gateway, keycloak, browser] = await Promise.all([
      GatewayWorld.start(suite, spire, envoy, {
        fleet: (port) => oversightFleet(port, shop),
        own: { hosts: [SHOP_HOST], authority: shop.authority },
        people,
        issuers: [{ issuer, jwksUri: people.props.jwksUri }],
        signals: () => signals.fetched,
      }),
      Keycloak.start(suite, {
        port: keycloakPort,
        ...servedBy("keycloak", { dnsNames: [], ipAddresses: ["127.0.0.1"] }),
        ca: authority.bundle,
        proxy: proxy.url,
        realm: { redirectUri: `${ORIGIN}/signed-in`, exchange: ISSUER, secret: ROBOT_KEY, pushTo: PUSH_TO },
      }),
      startBrowser(`--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${pagePort}`),
    ]);
    suite.afterwards(() => browser.close());
    return new OversightWorld(gateway, keycloak, browser, pagePort, receiver, authority.bundle, signals, shop);
  }

  /** A person at a browser of their own */
  public approver(name: PersonName, options: BrowserContextOptions = {}): Promise<Approver> {
    return Approver.open(this.browser, name, options);
  }

  /** The payment as the agent sends it, once more each time */
  public async pays({ user, order = "7", body = { amount: 5 }, approval }: Payment): Promise<Got> {
    const token = await this.tokenFor(user);
    return called(this.gateway, this.gateway.as("payer"), {
      method: "POST",
      path: `/tools/till/refunds/${encodeURIComponent(order)}`,
      headers: {
        "content-type": "application/json",
        ...(approval !== undefined && { "authzen-approval": JSON.stringify(approval) }),
      },
      body: JSON.stringify(body),
      token,
    });
  }

  /** A client of AuthZEN, for the run in which the user's payments are made */
  public async pep(user: string): Promise<Pep> {
    const { run } = claimsIn(await this.tokenFor(user)) as { readonly run: string };
    const fetch = this.gateway.as("payer").fetch(this.gateway.exchange);
    return new Pep({ pdp: ISSUER, headers: { "ambit-run": run }, fetch: (url, init) => fetch(url, init) });
  }

  /** @returns path of the request on the page */
  public async asks(payment: Payment): Promise<string> {
    const { status, text } = await this.pays(payment);
    const { access_request: request } = JSON.parse(text) as { access_request?: { readonly id: string } };
    if (status !== 403 || request === undefined) throw new Error(`no approval is asked for: ${status} ${text}`);
    return `/requests/${request.id}`;
  }

  /** The order as the agent sends it to the MCP server, once more each time */
  public async orders(user: string): Promise<Got> {
    const token = await this.tokenFor(user, "shop");
    return called(this.gateway, this.gateway.as("payer"), { path: "/tools/shop", token, ...modern(CALL) });
  }

  /** The list of the MCP server's tools, as the agent asks for it before it calls one */
  public async lists(user: string): Promise<Got> {
    const token = await this.tokenFor(user, "shop");
    const list = modern(rpc("tools/list", { _meta: META }), { "mcp-method": "tools/list", "mcp-name": [] });
    return called(this.gateway, this.gateway.as("payer"), { path: "/tools/shop", token, ...list });
  }

  /** As the exchange knows it, for what is written to its store while it is away */
  public exact(user: string, order: string): ExactRequest {
    return {
      agent: this.gateway.idOf("payer"),
      chain: [],
      user: { issuer: this.gateway.issuers.userIssuer, subject: user },
      task: "settle",
      tool: "till",
      action: "refund",
      destination: new URL(`https://till.acme-tools.example:${this.gateway.tool.port}`).host,
      arguments: { order, amount: 5 },
    };
  }

  private tokenFor(user: string, tool: "shop" | "till" = "till"): Promise<string> {
    const name = `${tool} ${user}`;
    const task = tool === "till" ? "settle" : "shop";
    const token = this.tokens.get(name) ?? toolToken(this.gateway, "payer", task, tool, { user });
    this.tokens.set(name, token);
    return token;
  }
}

/** Digest by which the store knows the session of a cookie */
export function sessionDigest(cookie: string): string {
  return createHash("sha256").update(cookie).digest("base64url");
}

function certified(authority: DevelopmentAuthority, folder: string, name: string, names: ServerNames) {
  const { certificate, key } = authority.x509Svid(`spiffe://people.example/${name}`, names);
  const paths = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  writeFileSync(paths.certificate, certificate);
  writeFileSync(paths.key, key, { mode: 0o600 });
  return paths;
}
