import type { Target } from "../../../runtime/session/revocations";
import { keyOf } from "../../../runtime/session/revocations";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { InProcessExchange } from "./in-process-exchange";
import { documentWith, killOrder, type OrderChanges, SIGNED_KILL_SWITCH } from "./kill-orders";
import { ACCESS_TOKEN, type Answer, codes, details, RESEARCHER, TOKEN_EXCHANGE, TRIAGE } from "./served-exchange";

export const AUTHORIZER = "authorizer";
export const TXN_TOKEN = "urn:ietf:params:oauth:token-type:txn_token";

/** A token, and what it says */
export interface Held {
  readonly token: string;
  readonly claims: AccessTokenClaims;
}

/** Work that an agent does itself, or that another one handed to it */
export interface Work {
  readonly agent: string;
  readonly task: string;
  readonly way: string;
  readonly tool: string;
  readonly user: string;
  /** Of this run */
  readonly first: Held;
  /** With which the work was handed on; undefined where it was not */
  readonly parent: Held | undefined;
}

/** The exchange with a kill switch; each piece of work is of a user of its own */
export class StopWorld extends InProcessExchange {
  private users = 0;

  public begin(): Promise<void> {
    return this.start(documentWith(SIGNED_KILL_SWITCH));
  }

  /** Of the agent that users start */
  public async direct(user = this.user()): Promise<Work> {
    const form = this.byUser(TRIAGE, "answer", user);
    const first = await this.held({ ...form, audience: "tool:zendesk" }, TRIAGE);
    return { agent: TRIAGE, task: "answer", way: "http", tool: "zendesk", user, first, parent: undefined };
  }

  /** Of the agent that it hands work to */
  public async handedOn(user = this.user()): Promise<Work> {
    const parent = await this.handing(user);
    const first = await this.held(this.presenting(parent, { audience: "tool:claude" }), RESEARCHER);
    return { agent: RESEARCHER, task: "lookup", way: "a2a", tool: "claude", user, first, parent };
  }

  /** A token that hands work on */
  public handing(user: string): Promise<Held> {
    const form = this.byUser(TRIAGE, "answer", user, { delegate: "researcher.lookup" });
    return this.held({ ...form, audience: "exchange" }, TRIAGE);
  }

  /** What begins the delegate's run, or joins it */
  public presenting({ token }: Held, form: Readonly<Record<string, string>>, members: object = {}) {
    return {
      grant_type: TOKEN_EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      authorization_details: details({ task: "lookup", start: "delegation", ...members }),
      ...form,
    };
  }

  public goingOn({ task, first }: Work, audience: string): Record<string, string> {
    const { run } = first.claims;
    return { grant_type: "client_credentials", audience, authorization_details: details({ task, run }) };
  }

  public async held(form: Readonly<Record<string, string>>, as: string): Promise<Held> {
    const token = tokenIn(await this.form("/token", form, as));
    return { token, claims: claimsIn(token) };
  }

  /** Revoke by an order of the kill switch. */
  public async order(order: object, changes: OrderChanges = {}): Promise<Answer> {
    const body = JSON.stringify({ reason: "INC-7", ...order });
    const times = { iat: this.now, exp: this.now + 60 };
    const token = await killOrder(this.issuer, body, { ...changes, claims: { ...times, ...changes.claims } });
    return this.json("/operator/revocations", body, undefined, { authorization: `Bearer ${token}` });
  }

  /** As if it had never been ordered, for other work of the same agent */
  public async forget(target: Target): Promise<void> {
    await this.store.write([{ kind: "delete", key: keyOf(target), when: "any" }]);
  }

  public user(): string {
    this.users += 1;
    return `user-${this.users}`;
  }
}

export function tokenIn(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`no token was given: ${codes(answer).join()} ${answer.text}`);
  return answer.json.access_token as string;
}

export function claimsIn(token: string): AccessTokenClaims {
  return JSON.parse(Buffer.from(token.split(".")[1] as string, "base64url").toString()) as AccessTokenClaims;
}
