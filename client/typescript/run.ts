import { type Answer, dateOf, textOf, unreadable } from "./answers";
import type { Companion } from "./companion";
import { AmbitRefused } from "./errors";
import { type AccessToken, type AwsCredentialIdentity, credentialsOf, tokenOf } from "./tokens";
import { unlessAborted } from "./unless-aborted";

/** What started the task, and what proves it */
export type RunStart =
  | {
      readonly start: "delegation" | "event" | "schedule" | "user";
      /** Token of the user, of the starter, or of the delegator. A function is asked each time that the run tries to begin. */
      readonly evidence: string | (() => string | Promise<string>);
    }
  | {
      /** By the agent itself */
      readonly start: "agent";
    };

export interface TokenOptions {
  /**
   * Names of the actions wanted.
   *
   * @default - all that task and chain allow
   */
  readonly actions?: readonly string[];

  /**
   * Gives up when it is aborted.
   *
   * @default - the client's time limit alone
   */
  readonly signal?: AbortSignal | undefined;
}

/** Names of a run, for logs: neither is a secret */
export interface RunNames {
  readonly run: string;
  /** The same along a chain of agents */
  readonly txn: string;
  readonly sid: string;
  readonly expiresAt: Date;
}

/**
 * One execution of a task. It begins with the first thing that is asked of it; what follows goes on with it and sends no
 * evidence.
 */
export class Run<K extends string = string> {
  private known: RunNames | undefined;
  private beginning: Promise<Answer> | undefined;
  private ended = false;

  constructor(
    private readonly companion: Companion,
    public readonly task: K,
    private readonly start: RunStart,
  ) {}

  /** Undefined until something was given */
  public get names(): RunNames | undefined {
    return this.known;
  }

  /**
   * A token for a tool.
   *
   * @throws AmbitError where nothing is given
   */
  public async token(tool: string, options: TokenOptions = {}): Promise<AccessToken> {
    const { actions, signal } = options;
    return this.tokenFor({ audience: `tool:${tool}`, ...(actions && { scope: actions }) }, signal);
  }

  /**
   * The evidence with which another agent's task is started on behalf of this run: hand it to that agent alone.
   *
   * @param delegate `<agent>.<task>`
   */
  public async delegate(
    delegate: `${string}.${string}`,
    { signal }: Pick<TokenOptions, "signal"> = {},
  ): Promise<AccessToken> {
    return this.tokenFor({ audience: "exchange", delegate }, signal);
  }

  /**
   * Base URL of a tool for calls of this run, which any HTTP client or SDK takes: the companion shows the run's token, and the
   * gateway decides on each request. It begins the run. Where the companion asks for a secret, calls show it as well.
   *
   * @throws AmbitError where the run does not begin
   */
  public async toolUrl(tool: string, { signal }: Pick<TokenOptions, "signal"> = {}): Promise<string> {
    await this.begun({}, signal);
    return `${this.companion.url}${this.path()}/tools/${encodeURIComponent(tool)}`;
  }

  /** A provider for the clients of the AWS SDK: `new S3Client({ credentials: run.awsCredentials() })` */
  public awsCredentials(): () => Promise<AwsCredentialIdentity> {
    return async () => {
      await this.begun({ audience: "aws" });
      return credentialsOf(await this.companion.ask({ method: "GET", path: `${this.path()}/aws-credentials` }));
    };
  }

  /**
   * End the run: its tokens are revoked, also those of delegates that have not begun with them. Nothing is given any more;
   * a run that has not begun never does.
   */
  public async end(): Promise<void> {
    this.ended = true;
    await this.beginning?.catch(() => undefined);
    if (this.known === undefined) return;
    try {
      await this.companion.ask({ method: "DELETE", path: this.path() });
    } catch (error) {
      if (!(error instanceof AmbitRefused && error.has("companion.no-run"))) throw error;
    }
  }

  private async tokenFor(wanted: Answer, signal: AbortSignal | undefined): Promise<AccessToken> {
    const first = await this.begun(wanted, signal);
    if (first !== undefined) return tokenOf(objectOf(first["token"]) ?? unreadable("token"));
    return tokenOf(await this.companion.ask({ method: "POST", path: `${this.path()}/token`, body: wanted, signal }));
  }

  /**
   * Begin, or wait for the call that is beginning and share its result: evidence may be good for one run only. The beginning goes on
   * if one of the callers gives up.
   *
   * @returns the answer, if this call began the run
   */
  private async begun(wanted: Answer, signal?: AbortSignal): Promise<Answer | undefined> {
    signal?.throwIfAborted();
    if (this.ended) throw over();
    if (this.known !== undefined) return undefined;
    const first = this.beginning === undefined;
    this.beginning ??= this.begin(wanted).finally(() => (this.beginning = undefined));
    const answer = await unlessAborted(this.beginning, signal);
    return first ? answer : undefined;
  }

  private async begin(wanted: Answer): Promise<Answer> {
    const { start, evidence } = { evidence: undefined, ...this.start };
    const proof =
      evidence === undefined ? {} : { evidence: typeof evidence === "string" ? evidence : await evidence() };
    const body = { task: this.task, start, ...proof, ...wanted };
    const answer = await this.companion.ask({ method: "POST", path: "/v1/runs", body });
    this.known = namesOf(answer);
    return answer;
  }

  private path(): string {
    return `/v1/runs/${encodeURIComponent((this.known as RunNames).run)}`;
  }
}

function over(): AmbitRefused {
  const reason = { code: "companion.no-run", what: "the run was ended", fix: "begin another" };
  return new AmbitRefused(404, "invalid_grant", [reason]);
}

function namesOf(answer: Answer): RunNames {
  return {
    run: textOf(answer, "run"),
    txn: textOf(answer, "txn"),
    sid: textOf(answer, "sid"),
    expiresAt: dateOf(answer, "expires_at"),
  };
}

function objectOf(value: unknown): Answer | undefined {
  return typeof value === "object" && value !== null ? (value as Answer) : undefined;
}
