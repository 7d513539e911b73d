import type { Act } from "../../../runtime/audit/audit";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { TransactionTokens, type TxnTokenAnswer } from "../../../runtime/exchange/transaction/transaction-tokens";
import { TxnTokenReader } from "../../../runtime/exchange/transaction/txn-reader";
import { TXN_TOKEN_TYPE, TXN_TOKEN_URN, type TxnTokenClaims } from "../../../runtime/exchange/transaction/txn-token";
import { Outbound } from "../../../runtime/outbound/outbound";
import { NO_WAYS, type Ways } from "../../../runtime/outbound/ways";
import type { FleetAgent, FleetView } from "../../../runtime/registry/registry";
import { readEpoch } from "../../../runtime/session/epoch";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { Run } from "../../../runtime/session/session";
import { KeySet } from "../../../runtime/signer/key-set";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { signOwn } from "../../../runtime/token/own-jwt";
import { ACCESS_TOKEN_URN, type Form } from "../../../runtime/token/token-answer";
import { TokenReader } from "../../../runtime/token/token-reader";
import { TokenStanding } from "../../../runtime/token/token-standing";
import { TokenWriter } from "../../../runtime/token/token-writer";
import { awsFleet } from "./aws-fleet";
import { AwsWorld } from "./aws-world";
import { TOKEN_EXCHANGE } from "./served-exchange";
import { TokenMaker } from "./token-maker";
import { PERSONS } from "../persons";

/** As `AwsWorld` writes it into tokens */
export const ISSUER = "https://exchange.acme.example";
export const DOMAIN = "prod.acme.example";
export const LOGIN = "https://login.acme.example";
export const ALICE = { issuer: LOGIN, subject: "alice" };
export const GATEWAY = `spiffe://${DOMAIN}/ns/ambit-system/sa/ambit-gateway`;
export const BILLING = `spiffe://${DOMAIN}/ns/billing/sa/billing`;
export const CLERK = `spiffe://${DOMAIN}/ns/office/sa/clerk`;
export const CHIEF = `spiffe://${DOMAIN}/ns/office/sa/chief`;

const TOOL = {
  kind: "http",
  url: "https://tool.acme.example",
  isPrivate: false,
  capabilities: [],
  actions: {},
} as const;

/** A tool that acts as the user, two that act as services, one of which the clerk calls, and users of one issuer */
const hopsFleet: FleetView = {
  ...awsFleet,
  agentOf: (spiffeId) => withCrm(awsFleet.agentOf(spiffeId)),
  issuers: [{ issuer: LOGIN, jwksUri: `${LOGIN}/keys`, algorithms: ["ES256"] }],
  toolOf: (name) => {
    if (name === "mail") return { ...TOOL, name, actsAs: "user" };
    return name === "crm" || name === "wiki"
      ? { ...TOOL, name, actsAs: { service: `${name}-robot`, bind: {} } }
      : undefined;
  },
};

function withCrm(agent: FleetAgent | undefined): FleetAgent | undefined {
  const task = agent?.name === "clerk" ? agent.tasks.get("read-public") : undefined;
  if (agent === undefined || task === undefined) return agent;
  const tools = new Map([["crm", ["find", "read", "update"]]]);
  return { ...agent, tasks: new Map([...agent.tasks, [task.name, { ...task, tools }]]) };
}

export type Parameters = Readonly<Record<string, string | undefined>>;

/** What goes on from a tool's call, with runs in a store in memory */
export class HopsWorld {
  public readonly world = new AwsWorld(hopsFleet);
  public readonly keys = KeySet.of([new TokenMaker("exchange-1")]);
  public readonly ledger = new AuditLedger({ store: this.world.store, persons: PERSONS, clock: () => this.now });
  public readonly acts: Act[] = [];
  public readonly failures: unknown[] = [];
  /** Does something before an act is written */
  public beforeCommit: () => void | Promise<void> = () => undefined;
  public sign = async (claims: TxnTokenClaims): Promise<string> => signOwn(await this.keys, TXN_TOKEN_TYPE, claims);

  public get now(): number {
    return this.world.now;
  }

  public async transactions(): Promise<TransactionTokens> {
    return new TransactionTokens({
      trustDomain: DOMAIN,
      services: new Set([GATEWAY, BILLING]),
      txnTokens: await this.txnReader(),
      sign: (claims) => this.sign(claims),
      signingMilliseconds: 50,
      ...(await this.shared()),
    });
  }

  public async outbound(ways: Ways = NO_WAYS): Promise<Outbound> {
    return new Outbound({ ways, ...(await this.shared()) });
  }

  public async txnReader(): Promise<TxnTokenReader> {
    return new TxnTokenReader({ issuer: ISSUER, keys: await this.keys, trustDomain: DOMAIN });
  }

  public async stop(target: Target): Promise<void> {
    await this.world.store.write([revoke(target, { why: "test", by: "test", at: this.now }, undefined)]);
  }

  /** While the next act is written */
  public meanwhile(does: () => unknown): void {
    this.beforeCommit = async () => {
      this.beforeCommit = () => undefined;
      await does();
    };
  }

  public async reader(): Promise<TokenReader> {
    return new TokenReader({ issuer: ISSUER, keys: await this.keys });
  }

  public standing(): TokenStanding {
    return new TokenStanding(this.sources());
  }

  /** Of the clerk, for work that the chief handed on: with or without a user */
  public async handed(user: typeof ALICE | null = ALICE): Promise<Run> {
    const parent = await this.world.begin("chief", "hand", { user });
    return this.world.begin("clerk", "read-public", { parent });
  }

  public async toolToken(run: Run, change: Partial<AccessTokenClaims> = {}): Promise<string> {
    const claims = this.world.claims(run, { aud: "tool:crm", scope: "find read update", ...change });
    return new TokenWriter(await this.keys).write(claims);
  }

  /** Ask for a transaction token; without a change a first one of this subject token. */
  public async ask(subject: string, change: Parameters = {}, by = GATEWAY): Promise<TxnTokenAnswer> {
    return (await this.transactions()).token(txnForm(subject, change), callerOf(by));
  }

  public async claimsOf(token: string): Promise<TxnTokenClaims> {
    const found = await (await this.txnReader()).examine(token, this.now);
    if (typeof found === "string") throw new Error(found);
    return found;
  }

  private async shared() {
    return {
      ...this.sources(),
      tokens: await this.reader(),
      standing: this.standing(),
      ledger: {
        commit: async (act: Act) => {
          await this.beforeCommit();
          await this.ledger.commit(act);
          this.acts.push(act);
        },
      },
      onFailure: (error: unknown) => void this.failures.push(error),
    };
  }

  private sources() {
    return {
      registry: { current: () => this.world.fleet },
      state: async () => ({ store: this.world.store, ...(await readEpoch(this.world.store, ["exchange-1"])) }),
      clock: () => this.now,
    };
  }
}

export function callerOf(spiffeId: string) {
  return { spiffeId, confirmation: { "x5t#S256": "thumbprint" }, proof: undefined };
}

export function txnForm(subject: string, change: Parameters = {}): Form {
  const parameters: Parameters = {
    grant_type: TOKEN_EXCHANGE,
    requested_token_type: TXN_TOKEN_URN,
    audience: DOMAIN,
    subject_token: subject,
    subject_token_type: ACCESS_TOKEN_URN,
    scope: "find read",
    ...change,
  };
  return Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** For the next service of a transaction */
export const REPLACED = { subject_token_type: TXN_TOKEN_URN };
