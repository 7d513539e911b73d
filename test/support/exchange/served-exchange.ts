import { readFileSync } from "node:fs";
import { DevelopmentPlatform, type DevelopmentProps } from "../../../cli/dev/development-platform";
import { selfStartingDocument } from "./self-starting-document";
import { tlsFetch } from "./tls-fetch";

export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
export const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
export const JWT = "urn:ietf:params:oauth:token-type:jwt";
export const JWT_SPIFFE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
export const TRIAGE = "support-triage";
export const RESEARCHER = "researcher";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined where it is none */
  readonly json: Record<string, unknown>;
}

/** The whole exchange over TLS on loopback, with the example fleet, and a client */
export class ServedExchange {
  public readonly logged: string[] = [];
  private platformOf: DevelopmentPlatform | undefined;

  public async start(props: Partial<DevelopmentProps> = {}): Promise<void> {
    this.platformOf = await DevelopmentPlatform.start({
      port: 0,
      agents: [],
      document: selfStartingDocument,
      log: (event, facts) => void this.logged.push(JSON.stringify({ event, ...facts })),
      ...props,
    });
  }

  public async close(): Promise<void> {
    await this.platformOf?.close();
  }

  public get platform(): DevelopmentPlatform {
    if (this.platformOf === undefined) throw new Error("the exchange was not started");
    return this.platformOf;
  }

  public get issuer(): string {
    return this.platform.issuer;
  }

  /** With the SVID of an agent or service; without one where it is left out */
  public fetch(workload?: string): typeof fetch {
    const { files, authority } = this.platform;
    if (workload === undefined) return tlsFetch({ ca: authority.bundle });
    const cert = readFileSync(files.certificate(workload), "utf8");
    return tlsFetch({ ca: authority.bundle, cert, key: readFileSync(files.key(workload), "utf8") });
  }

  /** Send a form, or any other body. */
  public async post(
    path: string,
    body: Readonly<Record<string, string>> | string,
    { as, headers = {}, by = this.fetch(as) }: PostOptions = {},
  ): Promise<Answer> {
    const sent = typeof body === "string" ? body : new URLSearchParams(body).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return this.answer(
      await by(`${this.issuer}${path}`, { method: "POST", body: sent, headers: { ...type, ...headers } }),
    );
  }

  public async answer(response: Response): Promise<Answer> {
    const text = await response.text();
    const { date: _, ...headers } = Object.fromEntries(response.headers);
    return { status: response.status, headers, text, json: text.startsWith("{") ? JSON.parse(text) : {} };
  }

  /** What starts a task by a user */
  public byUser(agent: string, task: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const agentId = this.platform.agentId(agent);
    return {
      grant_type: TOKEN_EXCHANGE,
      subject_token: this.platform.issuers.userToken({ agentId, task: `${agent}.${task}` }),
      subject_token_type: ACCESS_TOKEN,
      authorization_details: details({ task, start: "user" }),
      ...more,
    };
  }
}

export interface PostOptions {
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly by?: typeof fetch;
}

export function details(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([{ type: "ambit_task", ...members }]);
}

export function codes({ json }: Answer): readonly string[] {
  return ((json.reasons ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);
}
