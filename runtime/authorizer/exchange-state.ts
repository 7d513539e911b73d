import { z } from "zod";
import type { CallFacts, DecisionInput } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { TRACE_HEADER } from "../../domain/telemetry-names";
import { jsonIn, type Value } from "../json";
import { QUESTION_MILLISECONDS } from "../open-work";
import { NO_TELEMETRY, type Telemetry } from "../telemetry/telemetry";
import type { AccessTokenClaims } from "../token/access-token";
import type { Answered, MutualTls, Sent } from "../workload-api/mutual-tls";
import type { HeldSvid, SvidSource } from "../workload-api/svid";
import { type AccessRequest, accessRequest, type RequestableDenial, requestableDenial } from "./asked-people";
import { Denial, type DenialReason } from "./denial";
import { bytesOf, type EntryText, placed } from "./entry-text";
import { Gathered } from "./gathered";

/** What the store says of a token's run */
export interface KnownState {
  readonly input: Omit<DecisionInput, "budgets" | "call" | "intent" | "requestDigest">;
  /** Of each budget of the task, by its name in the policy */
  readonly spent: Readonly<Record<string, number>>;
  readonly versions: readonly number[];
  /** Seconds until the call may be allowed */
  readonly retryAfter?: number | undefined;
}

/** What a call uses up, and by what it was decided */
export interface Spending {
  readonly requestDigest: string;
  readonly costs: Readonly<Record<string, number>>;
  /** By which its outcome settles tokens; only where it has a cost in them */
  readonly reservation?: string;
  readonly untrusted: boolean;
  readonly versions: readonly number[];
  /** Of the registry */
  readonly revision: number;
}

/** A call that lacks only a person's decision, with the state that decided it */
export type Asking = Pick<Spending, "revision" | "versions">;

/** Optional parts of a request about a call: empty before it is decided */
export interface CallSteps {
  /** As they were parsed; of a task whose calls people approve */
  readonly arguments?: Readonly<Record<string, Value>> | undefined;
  readonly spend?: Spending | undefined;
  readonly ask?: Asking | undefined;
  /** Id of the approval that the agent presents; left out if it presents none */
  readonly approval?: string;
}

export interface CallAnswer {
  /** Left out if the call may go out and no further state could be read */
  readonly state?: KnownState | undefined;
  /** Only where people are asked about the call, and have not decided */
  readonly access_request?: AccessRequest | undefined;
  /** The same for a client of AuthZEN, passed on as it is; left out by an exchange of an earlier version */
  readonly denied?: RequestableDenial | undefined;
  /** What the tool is called with, by name in lower case; only where all is spent, and the call may go out */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Ending {
  readonly claims: AccessTokenClaims;
  readonly call: CallFacts;
  readonly outcome: "failed" | "succeeded" | "unknown";
  readonly untrusted: boolean;
  /** Tokens that were used of what was reserved; left out if the provider did not say how many */
  readonly settled?: { readonly reservation: string; readonly used: number };
  /** Where the gateway ended the answer before its time */
  readonly code?: "call.cut" | undefined;
  /** Of the request as it went out */
  readonly requestDigest: string;
  /** Id of its trace */
  readonly trace?: string | undefined;
}

/** Outcomes that go with a request to the exchange */
export interface ToldOutcomes {
  readonly endings: readonly EntryText[];
  /** @param untold places in the list of those that could not be told */
  readonly settle: (untold: readonly number[]) => void;
  /** None of the outcomes was delivered. */
  readonly fail: (error: unknown) => void;
}

/** Outcomes to send along in this many bytes; undefined if there are none */
export type OutcomesFor = (mostBytes: number) => ToldOutcomes | undefined;

/** Of one request; the exchange takes no more (runtime/state/state-schema.ts). */
const MOST_CALLS = 16;

// The exchange is trusted, and the engine checks the whole of the input: only the shape is looked at.
const untold = z.array(z.number());
const answers = z.object({ answers: z.array(z.unknown()), untold: untold.optional() });
const told = z.object({ untold });
const stopped = z.object({ stopped: z.array(z.object({ at: z.number(), codes: z.array(z.string()) })) });
const reason = z.object({ code: z.string(), what: z.string(), fix: z.string() });
const refusal = z.object({
  error: z.string(),
  reasons: z.array(reason).min(1),
  retry_after: z.number().optional(),
  on_record: z.boolean().optional(),
});

/** The exchange reads 64 KiB. */
export const MOST_BYTES = 57_344;
/** To be asked and answered before Envoy gives a call up */
const PATIENCE_MILLISECONDS = 4_000;

/** How the exchange is asked */
interface SentWith {
  readonly timeoutMs?: number;
  /** Of the calls that it is asked about */
  readonly traces?: readonly string[];
}

/** The authorizer's client of the exchange. Each method throws Denial; without an answer no call goes on. */
export class ExchangeState {
  /** By tool: the credential of one may be slow, and must not delay calls of the others. */
  private readonly calls = new Map<string, Gathered<EntryText, unknown>>();
  private outcomesFor: OutcomesFor = () => undefined;

  constructor(
    private readonly tls: Pick<MutualTls, "get" | "post">,
    private readonly source: Pick<SvidSource, "current" | "lastProblem">,
    private readonly telemetry: Pick<Telemetry, "current"> = NO_TELEMETRY,
  ) {}

  /**
   * One call: what is known of its token's run, and where it is decided already, all that it uses up, or what people are asked.
   *
   * @param token whose binding is verified
   */
  public async call(token: string, call: CallFacts, steps: CallSteps = {}): Promise<CallAnswer> {
    const { traceparent, traceId: trace } = this.telemetry.current();
    const found = await this.callsOf(call.tool).ask({
      common: JSON.stringify(token),
      rest: JSON.stringify({ call, ...steps, trace }),
      trace: traceparent,
    });
    if (isCallAnswer(found)) return found;
    const { success, data, error } = refusal.safeParse(found);
    throw success ? refusedBy(data) : Denial.of("gateway.exchange", undefined, { cause: error });
  }

  /** From now on, requests take outcomes along: a round trip of their own costs as much as that of a call. */
  public carry(outcomesFor: OutcomesFor): void {
    this.outcomesFor = outcomesFor;
  }

  private callsOf(tool: string): Gathered<EntryText, unknown> {
    const gathered =
      this.calls.get(tool) ??
      new Gathered<EntryText, unknown>({
        bytesOf,
        most: MOST_CALLS,
        mostBytes: MOST_BYTES,
        patienceMilliseconds: PATIENCE_MILLISECONDS,
        late: () => Denial.of("gateway.exchange", "the exchange has too much to do"),
        send: (calls) => this.sendCalls(calls),
      });
    this.calls.set(tool, gathered);
    return gathered;
  }

  private async sendCalls(calls: readonly EntryText[]): Promise<readonly unknown[]> {
    const { common: tokens, list } = placed("token", calls);
    const body = `"tokens":${tokens},"calls":${list}`;
    const outcomes = this.outcomesFor(MOST_BYTES - Buffer.byteLength(body));
    try {
      const more = outcomes === undefined ? "" : `,"told":${toldOutcomes(outcomes.endings)}`;
      const traces = calls.flatMap(({ trace }) => trace ?? []);
      const found = await this.asked("/state/calls", `{${body}${more}}`, answers, { traces });
      outcomes?.settle(found.untold ?? outcomes.endings.map((_, place) => place));
      if (found.answers.length === calls.length) return found.answers;
    } catch (error) {
      outcomes?.fail(error);
      throw error;
    }
    throw Denial.of("gateway.exchange", "the exchange gave another number of answers than it was asked for");
  }

  /** @returns places in the list of those that could not be told */
  public async ended(outcomes: readonly EntryText[]): Promise<readonly number[]> {
    return (await this.asked("/state/outcomes", toldOutcomes(outcomes), told)).untold;
  }

  /**
   * Which of the open calls were stopped, by index, and why
   *
   * @param calls for each, the JSON of its run and the `jti` of its token
   */
  public async stopped(calls: readonly string[]): Promise<z.infer<typeof stopped>["stopped"]> {
    const body = `{"open":[${calls.join()}]}`;
    return (await this.asked("/state/open", body, stopped, { timeoutMs: QUESTION_MILLISECONDS })).stopped;
  }

  /** What was refused here, in JSON. @returns places in the list of those that it did not take */
  public async refused(batch: string): Promise<readonly number[]> {
    return (await this.asked("/refusals", batch, told)).untold;
  }

  /** Its public keys (RFC 7517) */
  public async jwks(): Promise<Buffer> {
    const { status, body } = await this.tls.get("/jwks", this.svid());
    if (status !== 200) throw new Error(`the exchange answered ${status} for its keys`);
    return Buffer.from(body);
  }

  private async asked<T>(path: string, body: string, shape: z.ZodType<T>, sent: SentWith = {}): Promise<T> {
    const { traces = [], timeoutMs } = sent;
    const traced = traces.length === 0 ? {} : { [TRACE_HEADER]: traces.join() };
    const headers = { "content-type": "application/json", ...traced };
    const answered = await this.posted({ path, headers, body, timeoutMs });
    const value = jsonIn(answered.body);
    if (answered.status !== 200) throw refused(answered, value);
    const { success, data, error } = shape.safeParse(value);
    if (success) return data;
    throw Denial.of("gateway.exchange", undefined, { cause: error });
  }

  private async posted(sent: Sent): Promise<Answered> {
    try {
      return await this.tls.post(sent, this.svid());
    } catch (error) {
      throw error instanceof Denial ? error : Denial.of("gateway.exchange", undefined, { cause: error });
    }
  }

  private svid(): HeldSvid {
    const svid = this.source.current();
    if (svid !== undefined) return svid;
    throw Denial.of("gateway.exchange", `the authorizer has no SVID: ${this.source.lastProblem}`);
  }
}

function toldOutcomes(endings: readonly EntryText[]): string {
  const { common, list } = placed("claims", endings);
  return `{"claims":${common},"outcomes":${list}}`;
}

function refused({ status, retryAfter }: Answered, value: unknown): Denial {
  const { success, data } = refusal.safeParse(value);
  if (success) return refusedBy(data, retryAfter);
  return Denial.of("gateway.exchange", `the exchange answered with status ${status} and no reason`);
}

/** An error in the authorizer's own request is nothing that the agent could fix. */
function refusedBy(said: z.infer<typeof refusal>, retryAfter?: number): Denial {
  const { error, reasons, retry_after: wait, on_record: isOnRecord = false } = said;
  const known = error === "temporarily_unavailable" || error === "invalid_token" ? error : "access_denied";
  return new Denial(known, reasons as unknown as readonly DenialReason[], {
    retryAfter: wait ?? retryAfter,
    isOnRecord,
  });
}

function isCallAnswer(value: unknown): value is CallAnswer {
  if (!isRecord(value)) return false;
  const { state, headers, access_request: asked, denied } = value;
  return (
    (state === undefined ? headers !== undefined : isKnownState(state)) &&
    (asked === undefined || accessRequest.safeParse(asked).success) &&
    (denied === undefined || requestableDenial.safeParse(denied).success) &&
    (headers === undefined ||
      (isRecord(headers) && Object.values(headers).every((header) => typeof header === "string")))
  );
}

function isKnownState(value: unknown): value is KnownState {
  if (!isRecord(value)) return false;
  const { input, spent, versions, retryAfter } = value;
  return (
    isRecord(input) &&
    typeof input["version"] === "string" &&
    isRecord(spent) &&
    Object.values(spent).every((amount) => typeof amount === "number") &&
    Array.isArray(versions) &&
    versions.every((version) => typeof version === "number") &&
    (retryAfter === undefined || typeof retryAfter === "number")
  );
}
