import type { Clock } from "../clock";
import type { Log } from "../log";
import type { Answered } from "../workload-api/mutual-tls";
import type { HeldSvid } from "../workload-api/svid";
import type { AwsCredentials } from "./aws-credentials";
import type { AccessRequestSent, ExchangeClient, IssuedToken, Wanted } from "./exchange-client";
import type { Asked } from "./inbound/asked";
import { FirstTokens } from "./inbound/first-tokens";
import type { InboundConfig } from "./inbound/inbound-config";
import { OneUser } from "./inbound/one-user";
import { OpenRequests } from "./open-requests";
import { Problem } from "./problem";
import type { Beginning } from "./requests";
import { Run } from "./run";
import { RunBook } from "./run-book";
import { isServedNoMore } from "./run-is-over";
import { refuseHandles, SelfStarted } from "./self-started";
import type { ToolAddress } from "./tools/address";

/** Tasks that are remembered as self-started: more than any agent has */
const MOST_TASKS = 256;

export interface CompanionProps {
  readonly exchange: ExchangeClient;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * What the agent serves.
   *
   * @default - nothing
   */
  readonly inbound?: Pick<InboundConfig, "concurrency"> | undefined;
}

export interface Begun {
  readonly run: Run;
  /** Left out if the run begins without a token */
  readonly first?: IssuedToken;
}

/** A request that the agent may have */
export interface Served {
  readonly run: Run;
  /** By which the agent names the run in its calls */
  readonly handle: string;
  /** The request is over. */
  readonly leave: () => void;
}

/** A token for a tool, and the SVID to present it with */
export interface Allowed {
  readonly run: Run;
  readonly token: IssuedToken;
  readonly svid: HeldSvid;
}

/** Runs, tokens and AWS credentials for the agent. Without an SVID it can give none. */
export class Companion {
  /** What is open in both directions */
  public readonly open: OpenRequests;
  private readonly runs = new RunBook();
  private readonly firstTokens: FirstTokens;
  private readonly byAgent = new Map<string, SelfStarted>();
  private readonly oneUser: OneUser | undefined;
  private spiffeId: string | undefined;

  constructor(private readonly props: CompanionProps) {
    this.firstTokens = new FirstTokens(props.exchange, props.clock);
    const { exchange, log } = props;
    this.open = new OpenRequests({ exchange, log, stopped: (run) => this.runs.remove(run) });
    const isOneUser = props.inbound?.concurrency === "one-user";
    this.oneUser = isOneUser ? new OneUser((sid) => this.runs.endServedBut(sid)) : undefined;
  }

  /** @throws Problem */
  public async begin({ cause, wanted }: Beginning): Promise<Begun> {
    const { exchange, clock, log, inbound } = this.props;
    if (inbound !== undefined && cause.start !== "agent") throw Problem.of("companion.serving");
    this.identify();
    const begun = await this.runs.add<Begun>(() =>
      wanted === undefined ? Run.beginWithoutToken(exchange, clock, cause) : Run.begin(exchange, clock, cause, wanted),
    );
    const { run } = begun;
    log("run.begun", { run: run.run, txn: run.txn, task: run.task, start: run.start, expiresAt: run.expiresAt });
    return begun;
  }

  /**
   * Begin the run of a request that the agent serves, or join it.
   *
   * @throws Problem
   */
  public async serve(asked: Asked): Promise<Served> {
    const { way, task, start, evidence, session, join } = asked;
    this.identify();
    const answered = this.oneUser?.expect({
      isOnce: start !== "user" || session === "new",
      sid: join === undefined ? undefined : this.runs.served(join)?.sid,
    });
    let leave = (): void => undefined;
    try {
      const { run } = await this.runs.add(async () => {
        const run = await this.firstTokens.run({ task, start, evidence, session, run: join });
        if (this.oneUser !== undefined) leave = this.oneUser.take(run.sid);
        return { run };
      });
      this.props.log(join === undefined ? "run.begun" : "run.joined", { run: run.run, txn: run.txn, task, start, way });
      return { run, handle: this.runs.handle(run), leave: () => this.over(run, leave) };
    } catch (error) {
      leave();
      throw error;
    } finally {
      answered?.();
    }
  }

  /**
   * Whether what the run answers may go out by a way in, now.
   *
   * @throws Problem
   */
  public mayAnswer({ run }: Run, way: string): Promise<void> {
    return this.props.exchange.answer(run, way);
  }

  /** Where the exchange goes on with a run no more, calls out that are open for it end here too. */
  public refused(run: Run, because: unknown): void {
    if (isServedNoMore(because)) this.runs.remove(run);
  }

  /**
   * Whether a further part of a request that another agent sends may reach this one, now.
   *
   * @throws Problem
   */
  public mayArrive({ run }: Run, way: string): Promise<void> {
    return this.props.exchange.part(run, way);
  }

  /**
   * @param names all by which the call names the run
   * @throws Problem
   */
  public run(names: readonly string[]): Run {
    return this.runs.get(...names);
  }

  /** @throws Problem */
  public async token(names: readonly string[], wanted: Wanted): Promise<IssuedToken> {
    this.identify();
    return this.firstTokens.token(this.run(names), wanted);
  }

  /**
   * Forget a run. What was issued for it is revoked as far as the exchange can be reached; it expires in minutes.
   *
   * @throws Problem
   */
  public async end(names: readonly string[]): Promise<void> {
    const run = this.run(names);
    this.forget(run);
    const { exchange, log } = this.props;
    const revoked = await Promise.allSettled(run.tokens.map((token) => exchange.revoke(token)));
    const failed = revoked.filter(({ status }) => status === "rejected").length;
    log("run.ended", { run: run.run, task: run.task, revoked: revoked.length - failed, failed });
  }

  /** @throws Problem */
  public async awsOfRun(names: readonly string[]): Promise<AwsCredentials> {
    this.identify();
    return this.run(names).awsCredentials();
  }

  /**
   * @param handles that the call carries
   * @throws Problem
   */
  public async awsOfTask(
    task: string,
    start: "agent" | undefined,
    handles: readonly string[] = [],
  ): Promise<AwsCredentials> {
    this.identify();
    if (start === undefined) return this.ofTask(task, handles).awsCredentials();
    refuseHandles(handles);
    return this.startedByAgent(task).aws.get();
  }

  /**
   * A token for all that the run may do with the tool, or one that hands its work on
   *
   * @param handles that the call carries
   * @throws Problem
   */
  public async tool(address: ToolAddress, handles: readonly string[]): Promise<Allowed> {
    this.identify();
    const { by, name } = address;
    const allowed = (run: Run): Promise<Allowed> => this.tokenOf(address, run);
    if (by === "run") return allowed(this.run([name, ...handles]));
    if (by === "task") return allowed(this.ofTask(name, handles));
    refuseHandles(handles);
    return this.startedByAgent(name).with(address.wanted, allowed);
  }

  /** @throws Problem */
  public accessRequest(run: Run, sent: AccessRequestSent): Promise<Answered> {
    this.identify();
    return this.props.exchange.accessRequest(run.run, sent);
  }

  /** @throws Problem if there is none */
  public svid(): HeldSvid {
    this.identify();
    return this.props.exchange.svid();
  }

  /** @throws Problem */
  public async tokenOf(address: ToolAddress, run: Run): Promise<Allowed> {
    const token = await this.firstTokens.token(run, address.wanted);
    const svid = this.props.exchange.svid();
    if (token.thumbprint === svid.thumbprint) return { run, token, svid };
    // The SVID rotated while the token was on its way.
    return { run, token: await run.token(address.wanted), svid: this.props.exchange.svid() };
  }

  /** The gateway does not take the token. */
  public discard(address: ToolAddress, { run, token }: Allowed): void {
    run.discard(address.wanted, token);
  }

  /** Why it cannot serve; undefined if it can */
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
   * @throws Problem if there is no SVID
   */
  private identify(): void {
    const { spiffeId } = this.props.exchange.svid();
    if (spiffeId !== this.spiffeId) {
      this.runs.clear();
      this.byAgent.clear();
    }
    this.spiffeId = spiffeId;
  }

  /**
   * The run of the handles, which must be of the task; without any, the one that the task means
   *
   * @throws Problem
   */
  public ofTask(task: string, handles: readonly string[]): Run {
    if (handles.length === 0) return this.runs.only(task);
    const run = this.run(handles);
    if (run.task === task) return run;
    throw Problem.of(
      "companion.other-run",
      `the call is for the task ${task}, and its handle is of a run of ${run.task}`,
    );
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

  private over(run: Run, leave: () => void): void {
    leave();
    this.firstTokens.over(run);
  }

  private forget(run: Run): void {
    this.runs.remove(run);
    if (run.start === "agent") this.byAgent.get(run.task)?.aws.drop();
  }
}
