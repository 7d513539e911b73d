import { type CallFacts, type Decision, type DecisionInput, isProtocolAction } from "../../../domain";
import type { Clock } from "../../clock";
import { Refusal } from "../../refusal/refusal";
import { reasonOf } from "../../decision/decider";
import type { FleetView } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";
import type { FleetDecider } from "../../token/fleet-decider";
import type { AnswerReader } from "../answer/answer-reader";
import { Denial } from "../denial";
import type { CallSteps, ExchangeState, KnownState } from "../exchange-state";
import type { BoundToken } from "../identity/bound-tokens";
import type { HeaderList } from "../request/headers";
import type { Arguments, RecognisedCall } from "../request/recognised-call";
import {
  approvableArguments,
  approvalRequired,
  approvalShown,
  isOnlyUnapproved,
  refusedAfterApproval,
} from "./approval";
import { type Intent, intentFact } from "./intent";
import type { Outcomes } from "./outcomes";
import { readBy, refusedAtDestination } from "./protocol-standing";
import { type Question, questionOf, type QuestionProps } from "./question";
import { at, RememberedStates } from "./remembered-states";
import { taskOf } from "./task-of";

/** The call may go out, with these changes and no other */
export interface Allowed {
  readonly bound: BoundToken;
  readonly facts: CallFacts;
  readonly untrusted: boolean;
  readonly requestDigest: string;
  /** By name in lower case: what the tool is called with */
  readonly set: Readonly<Record<string, string>>;
  /** Names of headers that the tool does not get */
  readonly remove: readonly string[];
  /** Address and port to connect to, and to no other */
  readonly address: string;
  /** Where the answer is read on its way to the agent */
  readonly answer?: AnswerReader | undefined;
  /** The refusal in the caller's protocol */
  readonly refused?: RecognisedCall["refused"];
  /** Whether it only asks for the state of work handed on, so that its success counts for no later call */
  readonly onlyAsks?: boolean;
  /** Of tokens, until the answer says how many were used */
  readonly reservation?: string | undefined;
}

/** Asks a policy engine, by the view of the fleet in which the rest was looked up */
export type Deciding = Pick<FleetDecider, "decide">;

export interface SpentCallsProps {
  readonly decider: Deciding;
  /** Undefined if the platform has no evaluator */
  readonly intent: Intent | undefined;
  readonly exchange: Pick<ExchangeState, "call">;
  readonly outcomes: Pick<Outcomes, "toldOf">;
  readonly clock: Clock;
}

/** Who makes a call, and of what */
export interface Spender {
  readonly bound: BoundToken;
  readonly fleet: FleetView;
  /** Whether Envoy still waits for the answer */
  readonly isWanted: () => boolean;
  /** Of the request; empty if the gateway itself asks */
  readonly headers: HeaderList;
  /** Name of the tool, or what stands for a delegate */
  readonly tool: string;
  readonly destination: string;
}

/** Of a message that calls no tool: may its run have the token that it comes with, now? */
const TOKEN_QUESTION = { phase: "issue", call: null, requestDigest: null, budgets: {}, intent: null } as const;

/** One call, before it is decided */
interface AskedCall extends QuestionProps {
  readonly bound: BoundToken;
  readonly untrusted: boolean;
  /** Undefined if the call needs no approval */
  readonly approvable: Arguments | undefined;
  readonly fleet: FleetView;
  readonly intent: (input: Question["input"], requestDigest: string) => Promise<DecisionInput["intent"]>;
}

/** What people decide on */
interface Approvable extends Pick<AskedCall, "approvable" | "task"> {
  /** Id of the approval that the agent presents; left out if it presents none */
  readonly approval?: string;
}

/** Other calls of the session may be written in between */
const ATTEMPTS = 8;

/** Decides on calls whose actions are known, and spends what an allowed one uses up */
export class SpentCalls {
  private readonly states = new RememberedStates();

  constructor(private readonly props: SpentCallsProps) {}

  /**
   * Decide, and write all that the call uses up.
   *
   * @throws Denial
   */
  public async spent(spender: Spender, address: string, call: RecognisedCall): Promise<Allowed> {
    const task = isProtocolAction(call.action) ? undefined : taskOf(spender.fleet, spender.bound.claims);
    const approvable = approvableArguments(task, call.arguments);
    const shown = approvable === undefined ? undefined : approvalShown(spender.headers);
    const asking: Approvable = { task, approvable, ...(shown !== undefined && { approval: shown }) };
    try {
      return await this.decidedAndSpent(spender, address, call, asking);
    } catch (error) {
      throw shown !== undefined && error instanceof Denial ? refusedAfterApproval(error) : error;
    }
  }

  private async decidedAndSpent(
    { fleet, tool, destination, bound, isWanted }: Spender,
    address: string,
    call: RecognisedCall,
    { task, approvable, ...shown }: Approvable,
  ): Promise<Allowed> {
    const { granted } = call;
    const data = call.reads === true && granted !== undefined ? readBy(tool, granted, fleet.policy) : [];
    const facts: CallFacts = { tool, action: call.action, destination, data };
    const untrusted = fleet.answersUntrusted(facts);
    await this.props.outcomes.toldOf(bound.claims.sid, awaited(fleet, bound.claims, facts));
    const intent = this.intentOnce(facts, call, fleet);
    const asked = { bound, facts, untrusted, call, task, approvable, fleet, intent };
    // What people have decided on this very call is known to the exchange alone.
    let known = approvable === undefined ? this.states.of(bound.claims) : undefined;
    let isFresh = false;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const steps = known && (await this.decided(asked, known, isFresh));
      if (!isWanted()) throw Denial.of("gateway.authorizer", "the call was given up");
      const told = await this.props.exchange.call(bound.token, facts, { ...steps, ...shown, arguments: approvable });
      const { state, headers: set } = told;
      this.states.remember(bound.claims, state);
      if (steps?.spend !== undefined && set !== undefined) {
        const { answer, refused } = call;
        const { requestDigest: digest, reservation } = steps.spend;
        const out = { bound, facts, untrusted, requestDigest: digest, set, remove: [], address, answer, reservation };
        return { ...out, ...(refused !== undefined && { refused }) };
      }
      if (told.access_request !== undefined) throw approvalRequired(told.access_request, told.denied);
      known = state;
      isFresh = true;
    }
    throw new Denial("temporarily_unavailable", Refusal.of("store.conflict").reasons, { retryAfter: 1 });
  }

  /**
   * What the call uses up, or that people are to be asked about it; undefined if what is known may be old, and refuses it.
   *
   * @throws Denial if it is refused by what is known now
   */
  private async decided(asked: AskedCall, known: KnownState, isFresh: boolean): Promise<CallSteps | undefined> {
    const { bound, fleet, untrusted } = asked;
    const { input, ...spending } = questionOf(at(known, bound.claims, this.props.clock()), asked);
    const { decision, reasons } = await this.verdict(asked, input, spending.requestDigest);
    const decidedBy = { versions: known.versions, revision: fleet.revision };
    if (decision === "allow") return { spend: { ...spending, untrusted, ...decidedBy } };
    if (!isFresh) return undefined;
    if (isOnlyUnapproved(reasons)) return { ask: decidedBy };
    const denial = Denial.byPolicy(reasons, known.retryAfter);
    throw input.approval === null ? denial : refusedAfterApproval(denial);
  }

  private async verdict(
    { facts, fleet, intent }: AskedCall,
    input: Question["input"],
    digest: string,
  ): Promise<Pick<Decision, "decision" | "reasons">> {
    if (!isProtocolAction(facts.action)) {
      return this.props.decider.decide(fleet, { ...input, intent: await intent(input, digest) });
    }
    const code = refusedAtDestination(facts, input.session.mark, fleet.policy);
    if (code !== undefined) return { decision: "deny", reasons: [reasonOf(code)] };
    return this.props.decider.decide(fleet, { ...input, ...TOKEN_QUESTION });
  }

  /** The evaluator is asked once of a call, however often it is decided. */
  private intentOnce(facts: CallFacts, call: RecognisedCall, fleet: FleetView): AskedCall["intent"] {
    const { intent } = this.props;
    if (intent === undefined) return async () => null;
    let answer: Promise<DecisionInput["intent"]> | undefined;
    return (input, digest) =>
      (answer ??= intentFact(intent, input, { facts, arguments: call.arguments, requestDigest: digest }, fleet));
  }
}

/** Actions that must have succeeded before this one */
function awaited(fleet: FleetView, claims: AccessTokenClaims, call: CallFacts): ReadonlySet<string> {
  const orders = taskOf(fleet, claims)?.orders ?? [];
  const name = `${call.tool}.${call.action}`;
  return new Set(orders.filter(({ then }) => Object.hasOwn(then, name)).flatMap(({ first }) => first));
}
