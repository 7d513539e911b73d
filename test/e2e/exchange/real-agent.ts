import { createHash, createPrivateKey } from "node:crypto";
import { codes, details, JWT_SPIFFE, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import { tlsFetch } from "../../support/exchange/tls-fetch";
import { DpopKey } from "../../support/exchange/dpop-key";
import { leafOf } from "../spire/svid";
import type { HeldX509, Workload } from "../spire/workload-api";
import type { RealExchange } from "./real-exchange";

/** A parameter with several values is sent several times. */
export type Form = Readonly<Record<string, string | readonly string[]>>;

export interface Answered {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** Of the reasons why it was refused */
  readonly codes: readonly string[];
  /** Seconds after which to ask again */
  readonly retryAfter: number | undefined;
}

export interface Asked {
  /** Whether by mutual TLS, or by a JWT-SVID and a DPoP proof */
  readonly by?: "certificate" | "jwt-svid";
  /** A JWT-SVID in place of the present one */
  readonly assertion?: string;
  /** A proof in place of a new one */
  readonly proof?: string;
}

/** A workload that asks the exchange as SPIRE identifies it */
export class RealAgent {
  public readonly certificate: string;
  public readonly key: string;
  public readonly bundle: string;
  public readonly dpop = new DpopKey();

  constructor(
    private readonly svid: HeldX509,
    private readonly workload: Workload,
    private readonly issuer: string,
  ) {
    this.certificate = svid.chain.map(String).join("");
    const key = createPrivateKey({ key: svid.key, format: "der", type: "pkcs8" });
    this.key = key.export({ type: "pkcs8", format: "pem" }) as string;
    this.bundle = svid.authorities.map(String).join("");
  }

  public get spiffeId(): string {
    return this.svid.spiffeId;
  }

  /** What a token that is bound to its certificate names (RFC 8705 section 3.1) */
  public get thumbprint(): string {
    return createHash("sha256").update(leafOf(this.svid).raw).digest("base64url");
  }

  public async jwtSvid(): Promise<string> {
    const held = (await this.workload.jwt(this.issuer)).find(({ spiffeId }) => spiffeId === this.spiffeId);
    if (held === undefined) throw new Error(`SPIRE gave no JWT-SVID of ${this.spiffeId}`);
    return held.token;
  }

  /** To this exchange by its name, with the certificate or without one */
  public fetch({ at }: RealExchange, by: Asked["by"] = "certificate"): typeof fetch {
    const ca = this.bundle;
    return tlsFetch(by === "certificate" ? { ca, cert: this.certificate, key: this.key, at } : { ca, at });
  }

  public async post(exchange: RealExchange, path: string, form: Form, asked: Asked = {}): Promise<Answered> {
    const { by = "certificate" } = asked;
    const pairs = Object.entries(form).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );
    const sent = new URLSearchParams(pairs);
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    if (by === "jwt-svid") {
      sent.set("client_assertion_type", JWT_SPIFFE);
      sent.set("client_assertion", asked.assertion ?? (await this.jwtSvid()));
      headers.dpop = asked.proof ?? this.dpop.proof("POST", `${this.issuer}${path}`);
    }
    const answer = await this.fetch(exchange, by)(`${this.issuer}${path}`, {
      method: "POST",
      body: sent.toString(),
      headers,
    });
    return answered(answer);
  }

  /** A token with evidence of its start */
  public exchanged(exchange: RealExchange, form: Form, detail: object, asked?: Asked): Promise<Answered> {
    const sent = { grant_type: TOKEN_EXCHANGE, authorization_details: details({ ...detail }), ...form };
    return this.post(exchange, "/token", sent, asked);
  }

  /** A token without evidence */
  public token(exchange: RealExchange, audience: string, detail: object, asked?: Asked): Promise<Answered> {
    const sent = { grant_type: "client_credentials", audience, authorization_details: details({ ...detail }) };
    return this.post(exchange, "/token", sent, asked);
  }

  /** AWS credentials, for a token that is bound to the certificate */
  public async credentials(exchange: RealExchange, token: string): Promise<Answered> {
    const answer = await this.fetch(exchange)(`${this.issuer}/aws/credentials`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    return answered(answer);
  }

  public introspected(exchange: RealExchange, token: string): Promise<Answered> {
    return this.post(exchange, "/introspect", { token });
  }
}

async function answered(answer: Response): Promise<Answered> {
  const text = await answer.text();
  const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  const retryAfter = answer.headers.get("retry-after");
  return {
    status: answer.status,
    json,
    codes: codes({ json } as Parameters<typeof codes>[0]),
    retryAfter: retryAfter === null ? undefined : Number(retryAfter),
  };
}

/** The token of an answer that is to have one */
export function tokenOf({ status, json }: Pick<Answered, "json" | "status">): string {
  if (status !== 200 || typeof json.access_token !== "string") throw new Error(`${status} ${JSON.stringify(json)}`);
  return json.access_token;
}

/** What a token says; its signature is not looked at. */
export function claimsIn(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as Record<string, unknown>;
}

export function headerOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split(".")[0] as string, "base64url").toString()) as Record<string, unknown>;
}
