import type { Clock } from "../clock";
import type { Log } from "../log";
import type { HeldSvid } from "../workload-api/svid";
import type { AwsCredentials } from "./aws-credentials";
import type { ExchangeClient, IssuedToken, Wanted } from "./exchange-client";
import type { Problem } from "./problem";
import type { Beginning } from "./requests";
import { Run } from "./run";
import { RunBook } from "./run-book";
import { SelfStarted } from "./self-started";
import type { ToolAddress } from "./tools/address";

/** Tasks for which it is remembered that the agent starts them: more than any agent has */
const MOST_TASKS = 256;

export interface CompanionProps {
  readonly exchange: ExchangeClient;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Begun {
  readonly run: Run;
  /** Left out where the run begins without a token */
  readonly first?: IssuedToken;
}

/** A token for a tool, and as whom it is shown */
export interface Allowed {
  readonly run: Run;
  readonly token: IssuedToken;
  readonly svid: HeldSvid;
}

/** What an agent gets: runs, their tokens, their AWS credentials. Where there is no SVID, nothing. */
export class Companion {
  private readonly runs = new RunBook();
  private readonly byAgent = new Map<string, SelfStarted>();
  private spiffeId: string | undefined;

  constructor(private readonly props: CompanionProps) {}

  /** @throws Problem */
  public async begin({ cause, wanted }: Beginning): Promise<Begun> {
    const { exchange, clock, log } = this.props;
    this.identify();
    const begun = await this.runs.add<Begun>(() =>
      wanted === undefined ? Run.beginWithoutToken(exchange, clock, cause) : Run.begin(exchange, clock, cause, wanted),
    );
    const { run } = begun;
    log("run.begun", { run: run.run, txn: run.txn, task: run.task, start: run.start, expiresAt: run.expiresAt });
    return begun;
  }

  /** @throws Problem */
  public run(id: string): Run {
    return this.runs.get(id);
  }

  /** @throws Problem */
  public async token(id: string, wanted: Wanted): Promise<IssuedToken> {
    this.identify();
    return this.runs.get(id).token(wanted);
  }

  /**
   * Forget a run. What was issued for it is revoked as far as the exchange can be reached; it expires in minutes.
   *
   * @throws Problem
   */
  public async end(id: string): Promise<void> {
    const run = this.runs.get(id);
    this.forget(run);
    const { exchange, log } = this.props;
    const revoked = await Promise.allSettled(run.tokens.map((token) => exchange.revoke(token)));
    const failed = revoked.filter(({ status }) => status === "rejected").length;
    log("run.ended", { run: run.run, task: run.task, revoked: revoked.length - failed, failed });
  }

  /** @throws Problem */
  public async awsOfRun(id: string): Promise<AwsCredentials> {
    this.identify();
    return this.runs.get(id).awsCredentials();
  }

  /** @throws Problem */
  public async awsOfTask(task: string, start: "agent" | undefined): Promise<AwsCredentials> {
    this.identify();
    return start === undefined ? this.runs.only(task).awsCredentials() : this.startedByAgent(task).aws.get();
  }

  /**
   * A token for all that the run may do with the tool
   *
   * @throws Problem
   */
  public async tool(address: ToolAddress): Promise<Allowed> {
    this.identify();
    const { by, name } = address;
    const allowed = (run: Run): Promise<Allowed> => this.tokenOf(address, run);
    if (by === "self") return this.startedByAgent(name).with(wantedFor(address), allowed);
    return allowed(by === "run" ? this.runs.get(name) : this.runs.only(name));
  }

  /** @throws Problem */
  public async tokenOf(address: ToolAddress, run: Run): Promise<Allowed> {
    const token = await run.token(wantedFor(address));
    const svid = this.props.exchange.svid();
    if (token.thumbprint === svid.thumbprint) return { run, token, svid };
    // The SVID rotated while the token was on its way.
    return { run, token: await run.token(wantedFor(address)), svid: this.props.exchange.svid() };
  }

  /** The gateway does not take the token. */
  public discard(address: ToolAddress, { run, token }: Allowed): void {
    run.discard(wantedFor(address), token);
  }

  /** Why it can do nothing; undefined where it can */
  public get problem(): Problem | undefined {
    try {
      this.props.exchange.svid();
      return undefined;
    } catch (error) {
      return error as Problem;
    }
  }

  /**
   * What was given to another SPIFFE ID is not this one's.
   *
   * @throws Problem where there is no SVID
   */
  private identify(): void {
    const { spiffeId } = this.props.exchange.svid();
    if (spiffeId !== this.spiffeId) {
      this.runs.clear();
      this.byAgent.clear();
    }
    this.spiffeId = spiffeId;
  }

  private startedByAgent(task: string): SelfStarted {
    let found = this.byAgent.get(task);
    if (found === undefined) {
      const [oldest] = this.byAgent.keys();
      if (this.byAgent.size >= MOST_TASKS && oldest !== undefined) this.byAgent.delete(oldest);
      found = new SelfStarted({
        clock: this.props.clock,
        last: () => this.runs.last(task, "agent"),
        begin: async (wanted) => (await this.begin({ cause: { task, start: "agent" }, wanted })).run,
        end: (run) => this.runs.remove(run),
      });
      this.byAgent.set(task, found);
    }
    return found;
  }

  private forget(run: Run): void {
    this.runs.remove(run);
    if (run.start === "agent") this.byAgent.get(run.task)?.aws.drop();
  }
}

function wantedFor({ tool }: ToolAddress): Wanted {
  return { audience: `tool:${tool}` };
}
