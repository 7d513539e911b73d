import type { Start } from "../../domain";
import type { Clock } from "../clock";
import { type AwsCredentials, credentialsOf } from "./aws-credentials";
import type { RunAnswer } from "./exchange-answers";
import type { ExchangeClient, IssuedToken, Serving, Starting, Wanted } from "./exchange-client";
import { Problem } from "./problem";
import { type Perishable, Renewed } from "./renewed";

/** Seconds that a token from memory must still be good for */
const TOKEN_LEAST_SECONDS = 30;
/** Seconds that credentials must still be good for */
export const AWS_LEAST_SECONDS = 5;
/** Kinds of tokens that one run remembers: more than any task has tools */
const MOST_KINDS = 64;

/** Milliseconds that a timer of Node can wait */
const LONGEST_TIMER = 2_147_483_647;

interface KeptToken extends Perishable, IssuedToken {}

/** One execution of a task, with what was issued for it. In memory only. */
export class Run {
  public readonly run: string;
  public readonly txn: string;
  public readonly sid: string;
  public readonly task: string;
  public readonly start: Start;
  /** Whole seconds since the epoch */
  public readonly expiresAt: number;
  public readonly startedAt: number;

  private readonly tools = new Map<string, Renewed<KeptToken>>();
  /** Issued and not expired, for when the run ends here */
  private issued: readonly IssuedToken[] = [];
  private readonly awsToken: Renewed<KeptToken>;
  private readonly aws: Renewed<AwsCredentials>;
  private ended = false;
  private asked = false;
  private readonly underWay = new Set<() => void>();

  private constructor(
    private readonly exchange: ExchangeClient,
    private readonly clock: Clock,
    details: RunAnswer,
    /** A served run: the agent names it by a handle, and not by its id. */
    public readonly served = false,
  ) {
    this.run = details.run;
    this.txn = details.txn;
    this.sid = details.sid;
    this.task = details.task;
    this.start = details.start;
    this.expiresAt = details.run_expires_at;
    this.startedAt = clock();
    this.awsToken = this.renewed({ audience: "aws" });
    this.aws = new Renewed({ fetch: () => this.fetchAws(), clock, leastSeconds: AWS_LEAST_SECONDS });
  }

  /** @throws Problem */
  public static async begin(
    exchange: ExchangeClient,
    clock: Clock,
    starting: Starting,
    wanted: Wanted,
  ): Promise<{ readonly run: Run; readonly first: IssuedToken }> {
    const first = await exchange.token(starting, wanted);
    const [details] = first.answer.authorization_details;
    const run = new Run(exchange, clock, details);
    run.keep(first, wanted);
    return { run, first };
  }

  /**
   * Without a token: each one that is asked for later goes on with the run.
   *
   * @throws Problem
   */
  public static async beginWithoutToken(
    exchange: ExchangeClient,
    clock: Clock,
    starting: Starting,
  ): Promise<{ readonly run: Run }> {
    return { run: new Run(exchange, clock, await exchange.run(starting)) };
  }

  /**
   * A run of a request that the agent serves: it begins, or joins one that another pod may have begun.
   *
   * @param wanted the first token to get; undefined for none
   * @throws Problem
   */
  public static async serve(
    exchange: ExchangeClient,
    clock: Clock,
    serving: Serving,
    wanted: Wanted | undefined,
  ): Promise<Run> {
    if (wanted === undefined) return new Run(exchange, clock, await exchange.run(serving), true);
    const first = await exchange.token(serving, wanted);
    const [details] = first.answer.authorization_details;
    const run = new Run(exchange, clock, details, true);
    run.keep(first, wanted);
    return run;
  }

  /** Whether it has asked for a token. */
  public get asks(): boolean {
    return this.asked;
  }

  /** No request is in progress for it. */
  public get resting(): boolean {
    return this.underWay.size === 0;
  }

  public get living(): boolean {
    return !this.ended && this.clock() < this.expiresAt;
  }

  /** It gives out no more, not even answers already on their way. */
  public end(): void {
    this.ended = true;
    for (const cut of [...this.underWay]) cut();
    this.underWay.clear();
  }

  /**
   * Have something cut when the run is over, until the result is called.
   *
   * @throws Problem if it is over
   */
  public whileLiving(cut: () => void): () => void {
    if (!this.living) throw over();
    const timer = setTimeout(cut, Math.min((this.expiresAt - this.clock()) * 1_000, LONGEST_TIMER));
    this.underWay.add(cut);
    return () => {
      clearTimeout(timer);
      this.underWay.delete(cut);
    };
  }

  /** @throws Problem */
  public token(wanted: Wanted): Promise<IssuedToken> {
    this.asked = true;
    return isKept(wanted) ? this.tool(wanted).get() : this.fetch(wanted);
  }

  /** @throws Problem */
  public awsCredentials(): Promise<AwsCredentials> {
    return this.aws.get();
  }

  /** Access tokens that have not expired */
  public get tokens(): readonly string[] {
    const now = this.clock();
    return this.issued.filter(({ expiresAt }) => now < expiresAt).map(({ answer }) => answer.access_token);
  }

  /** Drop a token from the cache: its recipient rejects it. */
  public discard(wanted: Wanted, token: IssuedToken): void {
    if (isKept(wanted)) this.tool(wanted).drop(token as KeptToken);
  }

  private keep(first: IssuedToken, wanted: Wanted): void {
    this.remember(first);
    if (wanted.audience === "aws") this.awsToken.put(kept(first));
    else if (isKept(wanted)) this.tool(wanted).put(kept(first));
  }

  private tool(wanted: Wanted): Renewed<KeptToken> {
    const kind = JSON.stringify([wanted.audience, wanted.scope]);
    let token = this.tools.get(kind);
    if (token === undefined) {
      const [oldest] = this.tools.keys();
      if (this.tools.size >= MOST_KINDS && oldest !== undefined) this.tools.delete(oldest);
      token = this.renewed(wanted);
      this.tools.set(kind, token);
    }
    return token;
  }

  private renewed(wanted: Wanted): Renewed<KeptToken> {
    return new Renewed({
      fetch: async () => kept(await this.fetch(wanted)),
      clock: this.clock,
      leastSeconds: TOKEN_LEAST_SECONDS,
      // A token is bound to the certificate of its holder.
      usable: ({ thumbprint }) => thumbprint === this.exchange.svid().thumbprint,
    });
  }

  private async fetch(wanted: Wanted): Promise<IssuedToken> {
    const token = await this.exchange.token({ task: this.task, run: this.run }, wanted);
    if (this.ended) {
      // Where the exchange cannot be reached, it expires in minutes.
      await this.exchange.revoke(token.answer.access_token).catch(() => undefined);
      throw over();
    }
    this.remember(token);
    return token;
  }

  private async fetchAws(): Promise<AwsCredentials> {
    const credentials = await this.askedForAws();
    if (this.ended) throw over();
    if (credentials.expiresAt - this.clock() <= AWS_LEAST_SECONDS) {
      throw Problem.of("companion.no-run", `credentials of the run would end within ${AWS_LEAST_SECONDS} s`);
    }
    return credentials;
  }

  private async askedForAws(): Promise<AwsCredentials> {
    const life = { clock: this.clock, endsAt: this.expiresAt };
    try {
      return credentialsOf(await this.exchange.aws(await this.awsToken.get()), life);
    } catch (error) {
      // The SVID rotated in between, or the token was revoked: a new one tells.
      if (!(error instanceof Problem) || error.body.error !== "invalid_token") throw error;
      this.awsToken.drop();
      return credentialsOf(await this.exchange.aws(await this.awsToken.get()), life);
    }
  }

  private remember(token: IssuedToken): void {
    const now = this.clock();
    this.issued = [...this.issued.filter(({ expiresAt }) => now < expiresAt), token];
  }
}

function over(): Problem {
  return Problem.of("companion.no-run", "the run was ended meanwhile");
}

/** A token for a delegate is asked for each time, as the agent hands it on. */
function isKept({ audience }: Wanted): boolean {
  return audience.startsWith("tool:");
}

/** It is not fetched ahead: a token that ends soon is replaced when it is asked for. */
function kept(token: IssuedToken): KeptToken {
  return { ...token, refreshAt: token.expiresAt };
}
