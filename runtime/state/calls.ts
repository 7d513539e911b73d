import { isDelegateTool } from "../../domain";
import { inTime } from "../in-time";
import { refusalOf } from "../refusal/refusal-of";
import { Refusal } from "../refusal/refusal";
import type { Registry } from "../registry/registry";
import { aboutClaims } from "../token/about-claims";
import type { AccessTokenClaims } from "../token/access-token";
import type { Clock } from "../clock";
import type { AccessRequest } from "../approval/approval-record";
import type { RequestableDenial } from "../approval/denial";
import { isForCalls } from "./presented";
import type { StateAnswer } from "./read";
import type { State } from "./state";
import { type CallRequest, callsSchema, parsed } from "./state-schema";

/** By name in lower case: what the tool is called with */
export type CallHeaders = Readonly<Record<string, string>>;

export interface CallAnswer {
  /** What is known now; where the call may go out, behind it, and only where that could be read */
  readonly state?: StateAnswer;
  /** Only where all that the call uses up is written: it may go out */
  readonly headers?: CallHeaders;
  /** Only where people are asked about the call, and have not decided */
  readonly access_request?: AccessRequest;
  /** The same for a client of AuthZEN */
  readonly denied?: RequestableDenial;
}

/** What one request is answered with */
export interface CallsAnswer {
  readonly answers: readonly (CallAnswer | Refusal)[];
  /** Places of the outcomes that could not be told; only where some were sent */
  readonly untold?: readonly number[];
}

export interface CallsProps {
  readonly state: Pick<State, "ask" | "carried" | "isAsDecided" | "read" | "spendNow" | "verify">;
  /** @throws Refusal `token.invalid` */
  readonly tokens: { read(token: string, now: number): Promise<AccessTokenClaims> };
  /** Each throws Refusal; `keptFor` is undefined if they would have to be fetched. */
  readonly credentials: {
    headersFor(claims: AccessTokenClaims): Promise<CallHeaders>;
    keptFor(claims: AccessTokenClaims): CallHeaders | undefined;
  };
  readonly registry: Registry;
  readonly clock: Clock;
}

/** Well below the time that the authorizer gives a request: a slow credential fails its own call, and no other of the request. */
const CREDENTIAL_MILLISECONDS = 2_500;

/**
 * Decides calls in one round trip. The authorizer sends a call's cost with the versions that it decided on; if they are
 * current, the cost is written and the answer has the tool's credentials. Otherwise the answer has the changes, and
 * nothing is written. Requests to people work the same way.
 */
export class Calls {
  constructor(private readonly props: CallsProps) {}

  /**
   * Many of them, each for itself, and outcomes of others that went out before
   *
   * @throws Refusal if it is no list of calls
   */
  public async calls(body: unknown, service: string): Promise<CallsAnswer> {
    const { tokens, calls, told } = parsed(callsSchema, body);
    const telling = told && this.props.state.carried(told, service);
    const answers = await Promise.all(calls.map((call) => this.call(tokens[call.token], call, service)));
    return { answers, ...(telling && { untold: await telling }) };
  }

  private async call(token: string | undefined, request: CallRequest, service: string): Promise<CallAnswer | Refusal> {
    let claims: AccessTokenClaims | undefined;
    try {
      if (token === undefined) throw Refusal.of("request.malformed", `there is no token at ${request.token}`);
      claims = await this.props.tokens.read(token, this.props.clock());
      if (!isForCalls(claims)) throw Refusal.of("token.invalid");
      return await this.answered(request, claims, service);
    } catch (error) {
      const refusal = refusalOf(error);
      refusal.about = aboutClaims(claims, this.props.registry);
      return refusal;
    }
  }

  private async answered(
    { call, arguments: args, spend, ask, approval, trace }: CallRequest,
    claims: AccessTokenClaims,
    service: string,
  ): Promise<CallAnswer> {
    const { state, credentials } = this.props;
    const about = { claims, call, arguments: args };
    if (ask !== undefined) {
      const { state: known, accessRequest, denied } = await state.ask({ ...about, ...ask, approval, trace }, service);
      return { state: known, ...(accessRequest && { access_request: accessRequest }), ...(denied && { denied }) };
    }
    if (approval !== undefined) await state.verify(about, approval);
    if (spend === undefined) return { state: await state.read(about) };
    const decided = { ...about, ...spend, trace };
    const kept = isDelegateTool(call.tool) ? {} : credentials.keptFor(claims);
    // No credential is fetched for a call that cannot go out.
    if (kept === undefined && !(await state.isAsDecided(decided))) return { state: await state.read(about) };
    const headers = kept ?? (await this.fetched(claims));
    const spent = await state.spendNow(decided, service);
    return spent === undefined ? { state: await state.read(about) } : { ...spent, headers };
  }

  private fetched(claims: AccessTokenClaims): Promise<CallHeaders> {
    return inTime(this.props.credentials.headersFor(claims), CREDENTIAL_MILLISECONDS, () =>
      Refusal.of("outbound.failed", "the credential of the tool did not come in time"),
    );
  }
}
