import { setTimeout as sleep } from "node:timers/promises";
import { details, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import type { OpenIdServer } from "../../support/approver-page/openid-server";
import { tokenOf } from "../../e2e/exchange/real-agent";
import { USER_TOKEN } from "../../e2e/gateway/call";
import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import { KeptClient } from "./kept-client";
import type { Place, Refused } from "./result";

export const CLIENT = "ambit-operators";
export const OPERATORS = "on-call";
const FORM = { "content-type": "application/x-www-form-urlencoded" };
/** Until what is told behind the last answers is told */
const PAUSE_MILLISECONDS = 5;

/** Users of an agent who are stopped, one after the other, while a client of each place waits to be refused */
export class Orders {
  private users = 0;
  private readonly operator: KeptClient;
  private readonly exchange: KeptClient;
  private readonly gateway: KeptClient;

  constructor(
    private readonly world: GatewayWorld,
    private readonly login: OpenIdServer,
  ) {
    const { certificate: cert, key, bundle: ca } = world.as("clerk");
    const exchange = { ...world.exchange.at, servername: new URL(world.issuer).hostname };
    this.operator = new KeptClient({ ...exchange, tls: { ca } });
    this.exchange = new KeptClient({ ...exchange, tls: { ca, cert, key } });
    this.gateway = new KeptClient({ host: world.host, port: world.port, tls: { ca, cert, key } });
  }

  /** Stop so many users, who ask for nothing any more. */
  public async fill(count: number): Promise<void> {
    for (let stopped = 0; stopped < count; stopped += 1) await this.stop(this.nextUser());
  }

  /** So many users who were allowed at this place, are stopped, and ask once more */
  public async refused(place: Place, count: number): Promise<Refused> {
    const milliseconds: number[] = [];
    let failed = 0;
    for (let order = 0; order < count; order += 1) {
      const user = this.nextUser();
      const ask = place === "gateway" ? await this.calls(user) : this.asksForTokens(user);
      const before = await ask();
      await sleep(PAUSE_MILLISECONDS);
      const start = performance.now();
      await this.stop(user);
      const after = await ask();
      milliseconds.push(performance.now() - start);
      if (before.status !== 200 || !after.text.includes("user.revoked")) failed += 1;
    }
    return { milliseconds, failed };
  }

  public close(): void {
    for (const client of [this.operator, this.exchange, this.gateway]) client.close();
  }

  private nextUser(): string {
    return `user-${(this.users += 1)}`;
  }

  private async stop(subject: string): Promise<void> {
    const order = { kind: "user", user: { issuer: this.world.issuers.userIssuer, subject }, reason: "measured" };
    const authorization = `Bearer ${this.login.idToken(CLIENT, { groups: [OPERATORS] })}`;
    const headers = { authorization, "content-type": "application/json" };
    const { status, text } = await this.operator.ask("/operator/revocations", headers, JSON.stringify(order));
    if (status !== 200) throw new Error(`${status} ${text}`);
  }

  private asksForTokens(user: string): () => ReturnType<KeptClient["ask"]> {
    const form = new URLSearchParams({
      grant_type: TOKEN_EXCHANGE,
      authorization_details: details({ task: "work", start: "user" }),
      audience: "tool:crm",
      subject_token: this.world.evidence("clerk", "work", user),
      subject_token_type: USER_TOKEN,
    }).toString();
    return () => this.exchange.ask("/token", FORM, form);
  }

  private async calls(user: string): Promise<() => ReturnType<KeptClient["ask"]>> {
    const { status, text } = await this.asksForTokens(user)();
    const token = tokenOf({ status, json: JSON.parse(text) as Record<string, unknown> });
    return () => this.gateway.ask("/tools/crm/find?q=a", { authorization: `Bearer ${token}` });
  }
}
