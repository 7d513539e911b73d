import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { idOf } from "../../../cli/dev/development-names";
import { DevelopmentSts } from "../../../cli/dev/development-sts";
import { AUTHORIZER } from "../../../cli/dev/development-config";
import { toolCredentials } from "../../../cli/dev/gateway/tool-credentials";
import type { developmentDocument } from "../../../cli/dev/development-registry";
import { TrustDomain } from "../../../domain";
import { fleet } from "../../../fleet";
import { facts } from "../../../fleet/platform";
import type { AuditEvent } from "../../../runtime/audit/audit";
import { checkConfig } from "../../../runtime/exchange/config";
import { exchangeApp } from "../../../runtime/exchange/http/app";
import type { Environment } from "../../../runtime/exchange/http/parts";
import { partsOf } from "../../../runtime/exchange/server/parts";
import { fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";
import { NO_NOTICES } from "../../../runtime/approval/approver-notices";
import { KeySet } from "../../../runtime/signer/key-set";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { PersonKeys } from "../../../runtime/store/persons/person-keys";
import { LEAST } from "./least-config";
import { type Answer, TOKEN_EXCHANGE, ACCESS_TOKEN, details } from "./served-exchange";
import { TokenMaker } from "./token-maker";

const ISSUER = "https://exchange.prod.acme.example";
const FORM = "application/x-www-form-urlencoded";

/** The whole exchange without a connection: its endpoints over a store in memory, with a clock that a test moves */
export class InProcessExchange {
  public now = Math.floor(Date.now() / 1_000);
  public readonly issuer = ISSUER;
  public readonly store = new MemoryStore(() => this.now);
  public readonly acts: AuditEvent[] = [];
  /** Whose calls showed an approval again, or one of another request */
  public readonly replays: string[] = [];
  public fleet: FleetView | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), "ambit-exchange-"));
  private readonly authority = new DevelopmentAuthority(facts.trustDomain);
  public readonly issuers = new DevelopmentIssuers({
    authority: this.authority,
    audience: ISSUER,
    spiffeIdOf,
    now: () => new Date(this.now * 1_000),
  });
  private readonly sts = new DevelopmentSts();
  private appOf: Hono<Environment> | undefined;

  public async start(document: typeof developmentDocument): Promise<void> {
    process.env.AWS_ACCESS_KEY_ID = "AKIAEXAMPLE";
    process.env.AWS_SECRET_ACCESS_KEY = "example";
    await this.issuers.listen();
    const ca = join(this.folder, "ca.pem");
    writeFileSync(ca, this.authority.bundle);
    const services = [idOf(AUTHORIZER)];
    const config = checkConfig({
      ...LEAST,
      issuer: ISSUER,
      trustDomain: facts.trustDomain,
      jwtSvid: { jwksUri: this.issuers.svidKeys, ca },
      services: { introspect: services, state: services, transaction: services, outbound: services },
      aws: { region: facts.aws.region, stsEndpoint: await this.sts.listen() },
      userKeys: { ca },
      outbound: toolCredentials(fleet, this.issuers.toolTokens(ca)),
    });
    this.fleet = fleetView(document(this.issuers.userIssuer, this.issuers.starterIssuer), 1);
    const parts = await partsOf(
      config,
      {
        peers: { of: ({ certificates: [id] }) => id && peerOf(Buffer.from(id).toString()) },
        identity: { isReady: true },
        keys: await KeySet.of([new TokenMaker("exchange-1")]),
        store: this.store,
        persons: await PersonKeys.open({ store: new MemoryStore() }),
        registry: { current: () => this.fleet as FleetView },
        notices: NO_NOTICES,
        onAct: ({ event }) => void this.acts.push(event),
        onReplay: ({ spiffeId, task }) => void this.replays.push(`${spiffeId} ${task}`),
      },
      () => undefined,
      () => this.now,
    );
    this.appOf = exchangeApp(parts);
  }

  public async close(): Promise<void> {
    await this.sts.close();
    await this.issuers.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** @param as an agent or service by its name; without a certificate where it is left out */
  public async request(path: string, init: RequestInit, as?: string): Promise<Answer> {
    if (this.appOf === undefined) throw new Error("the exchange was not started");
    const id = as === undefined ? undefined : (spiffeIdOf(as) ?? idOf(as));
    const certificates = id === undefined ? [] : [Buffer.from(id)];
    const response = await this.appOf.request(`${ISSUER}${path}`, init, { connection: { certificates } });
    const text = await response.text();
    const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: response.status, headers: Object.fromEntries(response.headers), text, json };
  }

  public form(path: string, form: Readonly<Record<string, string>>, as?: string): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    return this.request(path, { method: "POST", body, headers: { "content-type": FORM } }, as);
  }

  public json(
    path: string,
    body: unknown,
    as?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const sent = typeof body === "string" ? body : JSON.stringify(body);
    const all = { "content-type": "application/json", ...headers };
    return this.request(path, { method: "POST", body: sent, headers: all }, as);
  }

  /** What starts a task by a user */
  public byUser(agent: string, task: string, user: string, members: object = {}): Record<string, string> {
    return {
      grant_type: TOKEN_EXCHANGE,
      subject_token: this.issuers.userToken({ agentId: spiffeIdOf(agent) as string, task: `${agent}.${task}`, user }),
      subject_token_type: ACCESS_TOKEN,
      authorization_details: details({ task, start: "user", ...members }),
    };
  }
}

function spiffeIdOf(agent: string): string | undefined {
  const declared = fleet.agents.find(({ name }) => name === agent);
  return declared && `${declared.spiffeId(TrustDomain.of(facts.trustDomain, "example platform"))}`;
}

function peerOf(spiffeId: string) {
  const thumbprint = createHash("sha256").update(spiffeId).digest("base64url");
  return { spiffeId, thumbprint, expiresAt: Infinity };
}
