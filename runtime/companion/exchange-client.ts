import type { z } from "zod";
import type { Start } from "../../domain";
import { TRACE_HEADER } from "../../domain/telemetry-names";
import type { Clock } from "../clock";
import { jsonIn } from "../json";
import { told } from "../log";
import { QUESTION_MILLISECONDS } from "../open-work";
import { NO_TELEMETRY, type Telemetry } from "../telemetry/telemetry";
import { CONTROL_PATHS } from "../workload-api/control-plane";
import { type Answered, MutualTls, type Sent } from "../workload-api/mutual-tls";
import type { HeldSvid, SvidSource } from "../workload-api/svid";
import {
  type AwsAnswer,
  awsAnswer,
  refusalBody,
  refusalsAnswer,
  type RunAnswer,
  runAnswer,
  stoppedRunsAnswer,
  type TokenAnswer,
  tokenAnswer,
} from "./exchange-answers";
import { Problem } from "./problem";
import { tokenForm } from "./token-form";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };
/** RFC 9457 */
export const PROBLEM_TYPE = "application/problem+json";

/** What a token is asked for */
export interface Wanted {
  /** `tool:<name>`, `exchange` or `aws` */
  readonly audience: string;
  readonly scope?: readonly string[] | undefined;
  readonly delegate?: string | undefined;
}

/** What is asked of the Access Request Endpoint */
export interface AccessRequestSent {
  readonly path: string;
  readonly headers?: Sent["headers"];
  /** Undefined for `GET`; empty for a request without content */
  readonly body?: string;
}

/** What a run begins by */
export interface Starting {
  readonly task: string;
  readonly start: Start;
  readonly evidence?: string | undefined;
}

/** What a run begins by that is served, or which one is joined by it */
export interface Serving extends Starting {
  /** A user's clean session */
  readonly session?: "new" | undefined;
  /** Undefined if one begins */
  readonly run?: string | undefined;
}

/** Where a run begins, or which one goes on */
export type Cause = Serving | { readonly task: string; readonly run: string };

/** A token with the certificate it is bound to */
export interface IssuedToken {
  readonly answer: TokenAnswer;
  /** Whole seconds since the epoch */
  readonly expiresAt: number;
  /** Of the SVID that it is bound to */
  readonly thumbprint: string;
}

export interface ExchangeClientOptions {
  /** https address without a path */
  readonly url: string;
  /**
   * SPIFFE ID that the exchange must show.
   *
   * @default - `/ns/ambit-system/sa/ambit-exchange` in the own trust domain
   */
  readonly spiffeId?: string | undefined;
  readonly source: SvidSource;
  readonly clock: Clock;
  /**
   * Milliseconds for one request.
   *
   * @default 10000
   */
  readonly timeoutMs?: number;
  /**
   * With whose trace the exchange goes on.
   *
   * @default - nothing is traced
   */
  readonly telemetry?: Pick<Telemetry, "current">;
}

/** How a request is answered */
interface Expected {
  readonly status: number;
  /** Whether it shows evidence that is not verified yet */
  readonly isStart: boolean;
}

/** The exchange, as this pod's agent asks it */
export class ExchangeClient {
  private readonly tls: MutualTls;
  /** Connections for unverified requests: calls in progress never queue behind them. */
  private readonly startsTls: MutualTls;

  constructor(private readonly options: ExchangeClientOptions) {
    const connections = () =>
      new MutualTls({
        peer: "the exchange",
        url: options.url,
        spiffeId: ({ trustDomain }) => options.spiffeId ?? `spiffe://${trustDomain}${CONTROL_PATHS.exchange}`,
        timeoutMs: options.timeoutMs ?? 10_000,
      });
    this.tls = connections();
    this.startsTls = connections();
  }

  /** The SVID of now */
  public svid(): HeldSvid {
    const { source } = this.options;
    const svid = source.current();
    if (svid === undefined) throw Problem.of("companion.no-identity", `there is no SVID: ${source.lastProblem}`);
    return svid;
  }

  /** @throws Problem */
  public async token(cause: Cause, wanted: Wanted): Promise<IssuedToken> {
    const svid = this.svid();
    const asked = this.options.clock();
    const sent = { path: "/token", headers: FORM, body: tokenForm(cause, wanted) };
    const isStart = "start" in cause && cause.evidence !== undefined;
    const answer = await this.ask(sent, svid, tokenAnswer, { status: 200, isStart });
    const [{ task, run, start }] = answer.authorization_details;
    const isOther = "start" in cause ? start !== cause.start : run !== cause.run;
    if (task !== cause.task || isOther) {
      throw Problem.of("companion.no-exchange", "the exchange answered with a token of another run");
    }
    return { answer, expiresAt: asked + answer.expires_in, thumbprint: svid.thumbprint };
  }

  /**
   * A run begins without a token, or is joined.
   *
   * @throws Problem
   */
  public async run(serving: Serving): Promise<RunAnswer> {
    const { task, start, run } = serving;
    const sent = { path: "/runs", headers: FORM, body: tokenForm(serving) };
    const expected = { status: run === undefined ? 201 : 200, isStart: true };
    const answer = await this.ask(sent, this.svid(), runAnswer, expected);
    if (answer.task !== task || answer.start !== start || (run !== undefined && answer.run !== run)) {
      throw Problem.of(
        "companion.no-exchange",
        "the exchange answered with another run, or one of another task or start",
      );
    }
    return answer;
  }

  /**
   * Whether what the run answers may go out by a way in, now.
   *
   * @throws Problem if it may not, or no answer comes
   */
  public answer(run: string, way: string): Promise<void> {
    return this.mayPass("/runs/answers", run, way);
  }

  /**
   * Whether a further part of a request that came by a way in may reach the agent, now.
   *
   * @throws Problem if it may not, or no answer comes
   */
  public part(run: string, way: string): Promise<void> {
    return this.mayPass("/runs/parts", run, way);
  }

  /**
   * Which of these runs were stopped, and why
   *
   * @throws Problem
   */
  public async stopped(runs: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const body = new URLSearchParams({ runs: runs.join(" ") }).toString();
    const sent = { path: "/runs/open", headers: FORM, body, timeoutMs: QUESTION_MILLISECONDS };
    const { stopped } = await this.ask(sent, this.svid(), stoppedRunsAnswer, { status: 200, isStart: false });
    return new Map(stopped.map(({ run, codes }) => [run, codes]));
  }

  /**
   * @param token of audience `aws`, bound to the SVID of now
   * @throws Problem
   */
  public aws(token: IssuedToken): Promise<AwsAnswer> {
    const headers = { authorization: `Bearer ${token.answer.access_token}` };
    const sent = { path: "/aws/credentials", headers, body: "" };
    return this.ask(sent, this.svid(), awsAnswer, { status: 200, isStart: false });
  }

  /** @throws Problem */
  public async revoke(accessToken: string): Promise<void> {
    const body = new URLSearchParams({ token: accessToken }).toString();
    const answered = await this.post({ path: "/revoke", headers: FORM, body }, this.svid());
    if (answered.status !== 200) throw problemOf(answered);
  }

  /**
   * A task for which people are asked, or a problem that RFC 9457 words, as the exchange says it
   *
   * @throws Problem for all else
   */
  public async accessRequest(run: string, { path, headers, body }: AccessRequestSent): Promise<Answered> {
    const all = { ...headers, ...this.traced(), "ambit-run": run };
    const answered = await this.answered(() =>
      body === undefined
        ? this.tls.get(path, this.svid(), all)
        : this.tls.post({ path, headers: { ...all, ...(body !== "" && JSON_TYPE) }, body }, this.svid()),
    );
    if (answered.status < 300 || answered.type === PROBLEM_TYPE) return answered;
    throw problemOf(answered);
  }

  /**
   * What this companion refused by itself.
   *
   * @param batch in JSON
   * @returns places in the list of those that are on no record
   * @throws Problem
   */
  public async refused(batch: string): Promise<readonly number[]> {
    const sent = { path: "/refusals", headers: JSON_TYPE, body: batch };
    return (await this.ask(sent, this.svid(), refusalsAnswer, { status: 200, isStart: false })).untold;
  }

  public close(): void {
    this.tls.close();
    this.startsTls.close();
  }

  private async mayPass(path: string, run: string, way: string): Promise<void> {
    const body = new URLSearchParams({ run, way }).toString();
    const answered = await this.post({ path, headers: FORM, body }, this.svid());
    if (answered.status !== 204) throw problemOf(answered);
  }

  private async ask<T>(sent: Sent, svid: HeldSvid, shape: z.ZodType<T>, { status, isStart }: Expected): Promise<T> {
    const answered = await this.post(sent, svid, isStart);
    if (answered.status !== status) throw problemOf(answered);
    const found = shape.safeParse(jsonIn(answered.body));
    if (found.success) return found.data;
    const [issue] = found.error.issues;
    const where = issue === undefined ? "" : `: ${issue.path.join(".")} ${issue.message}`;
    throw Problem.of("companion.no-exchange", `the exchange answered what is not of its contract${where}`);
  }

  private post(sent: Sent, svid: HeldSvid, isStart = false): Promise<Answered> {
    const traced = { ...sent, headers: { ...sent.headers, ...this.traced() } };
    return this.answered(() => (isStart ? this.startsTls : this.tls).post(traced, svid));
  }

  private traced(): Sent["headers"] {
    const { traceparent } = (this.options.telemetry ?? NO_TELEMETRY).current();
    return traceparent === undefined ? {} : { [TRACE_HEADER]: traceparent };
  }

  private async answered(asked: () => Promise<Answered>): Promise<Answered> {
    try {
      return await asked();
    } catch (error) {
      throw Problem.of("companion.no-exchange", `the exchange gives no answer: ${told(error)}`);
    }
  }
}

function problemOf({ status, body, retryAfter }: Answered): Problem {
  const refusal = refusalBody(jsonIn(body));
  if (refusal !== undefined) return Problem.saidByExchange(status, refusal, retryAfter);
  return Problem.of("companion.no-exchange", `the exchange answered with status ${status} and no reason`);
}
