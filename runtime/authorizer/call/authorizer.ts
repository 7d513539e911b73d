import { randomUUID } from "node:crypto";
import {
  type CallFacts,
  type Decision,
  type DecisionInput,
  isProtocolAction,
  own,
  type PolicyTask,
  protocolAction,
  type ReasonCode,
} from "../../../domain";
import type { Clock } from "../../clock";
import { Refusal } from "../../refusal/refusal";
import { reasonOf } from "../../decision/decider";
import type { FleetTool, FleetView, Registry } from "../../registry/registry";
import { scopeOf } from "../../state/policy-facts";
import type { AccessTokenClaims } from "../../token/access-token";
import type { FleetDecider } from "../../token/fleet-decider";
import type { AnswerReader } from "../answer/answer-reader";
import { Denial } from "../denial";
import type { Destinations } from "../destination/destinations";
import type { CallSteps, ExchangeState, KnownState } from "../exchange-state";
import type { BoundToken, BoundTokens } from "../identity/bound-tokens";
import type { PeerCertificates } from "../identity/peer-certificates";
import { declaredTools } from "../mcp/definitions";
import { presentFleet } from "../present-fleet";
import type { Revision } from "../mcp/revisions";
import type { Members } from "../mcp/rpc";
import type { ToolLists } from "../mcp/tool-lists";
import { takenOut } from "../request/headers";
import type { Arguments, RecognisedCall } from "../request/recognised-call";
import type { Recogniser } from "../request/recogniser";
import { approvableArguments, approvalRequired, isOnlyUnapproved } from "./approval";
import { checkBound } from "./bound-arguments";
import type { GatewayRequest } from "./gateway-request";
import { type Intent, intentFact } from "./intent";
import type { Outcomes } from "./outcomes";
import { readBy, refusedAtDestination } from "./protocol-standing";
import { type Question, questionOf, type QuestionProps } from "./question";
import { at, RememberedStates } from "./remembered-states";

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
  /** Of tokens, until the answer says how many were used */
  readonly reservation?: string | undefined;
}

/** Asks a policy engine, by the view of the fleet in which the rest was looked up */
export type Deciding = Pick<FleetDecider, "decide">;

export interface AuthorizerProps {
  readonly peers: PeerCertificates;
  readonly tokens: BoundTokens;
  /** `look` has it read before it would be by itself. */
  readonly registry: Registry & { look(): Promise<void> };
  readonly recogniser: Recogniser;
  readonly decider: Deciding;
  /** Undefined where the platform has no evaluator */
  readonly intent: Intent | undefined;
  readonly exchange: Pick<ExchangeState, "call">;
  readonly destinations: Pick<Destinations, "of">;
  readonly outcomes: Pick<Outcomes, "begin" | "end" | "toldOf">;
  readonly toolLists: Pick<ToolLists, "of">;
  readonly clock: Clock;
}

/** One call, before it is decided */
interface AskedCall extends QuestionProps {
  readonly bound: BoundToken;
  readonly untrusted: boolean;
  /** Undefined where the call needs no approval */
  readonly approvable: Arguments | undefined;
  readonly fleet: FleetView;
  readonly intent: (input: Question["input"], requestDigest: string) => Promise<DecisionInput["intent"]>;
}

/** A request whose tool is known, and what it is */
interface Recognised {
  readonly request: GatewayRequest;
  readonly fleet: FleetView;
  readonly tool: FleetTool;
  readonly bound: BoundToken;
  readonly call: RecognisedCall;
  readonly isWanted: () => boolean;
}

/** Of a message that calls no tool: may its run have the token that it comes with, now? */
const TOKEN_QUESTION = { phase: "issue", call: null, requestDigest: null, budgets: {}, intent: null } as const;

const STALE = "policy.stale" satisfies ReasonCode;
/** Other calls of the session may be written in between */
const ATTEMPTS = 8;

/** Decides on each call from what was declared, what was read and what is asked for, and spends what an allowed one uses up. */
export class Authorizer {
  private readonly states = new RememberedStates();
  private looking: Promise<void> | undefined;

  constructor(private readonly props: AuthorizerProps) {}

  /**
   * @param isWanted whether Envoy still waits for the answer: nothing is spent for a call that was given up
   * @throws Denial, and nothing else that may be told to the agent
   */
  public async authorize(request: GatewayRequest, isWanted: () => boolean = () => true): Promise<Allowed> {
    const fleet = presentFleet(this.props.registry);
    try {
      return await this.authorized(fleet, request, isWanted);
    } catch (error) {
      if (!(error instanceof Denial && error.codes.join() === STALE)) throw error;
      // The exchange took a new registry a moment before this process did: nothing was spent.
      this.looking ??= this.props.registry.look().finally(() => (this.looking = undefined));
      await this.looking;
      const newer = presentFleet(this.props.registry);
      if (newer.revision <= fleet.revision) throw error;
      return this.authorized(newer, request, isWanted);
    }
  }

  private async authorized(fleet: FleetView, request: GatewayRequest, isWanted: () => boolean): Promise<Allowed> {
    const { peers, tokens, recogniser } = this.props;
    const peer = peers.of(request.certificate);
    const tool = fleet.toolOf(request.tool);
    if (tool === undefined) throw Denial.of("gateway.route");
    const bound = await tokens.of(request.headers, peer, tool.name);
    const caller = { claims: bound.claims, isGranted: grantedBy(fleet, tool, bound.claims) };
    try {
      const call = recogniser.recognise(tool, request, caller);
      return await this.recognised({ request, fleet, tool, bound, call, isWanted });
    } catch (error) {
      if (error instanceof Denial) error.about = whoseCall(bound.claims);
      throw error;
    }
  }

  private async recognised(recognised: Recognised): Promise<Allowed> {
    const { call } = recognised;
    try {
      return await this.going(recognised);
    } catch (error) {
      throw error instanceof Denial && call.refused !== undefined ? call.refused(error) : error;
    }
  }

  private async going(recognised: Recognised): Promise<Allowed> {
    const { request, tool, bound, call } = recognised;
    if (!isProtocolAction(call.action)) checkBound(tool.actsAs, call.arguments, bound.claims);
    // Before anything is spent for a call that could not go out.
    const address = await this.props.destinations.of(tool);
    await call.confirm?.((revision) => this.look(recognised, address, revision));
    const allowed = await this.spent(recognised, address, call);
    call.goesOut?.();
    return { ...allowed, remove: takenOut(request.headers, call.passes) };
  }

  /** Decide, and write all that the call uses up. */
  private async spent(
    { request, fleet, tool, bound, isWanted }: Recognised,
    address: string,
    call: RecognisedCall,
  ): Promise<Allowed> {
    const { granted } = call;
    const data = call.reads === true && granted !== undefined ? readBy(tool.name, granted, fleet.policy) : [];
    const facts: CallFacts = { tool: tool.name, action: call.action, destination: request.destination, data };
    const untrusted = fleet.answersUntrusted(facts);
    await this.props.outcomes.toldOf(bound.claims.sid, awaited(fleet, bound.claims, facts));
    const task = isProtocolAction(call.action) ? undefined : taskOf(fleet, bound.claims);
    const approvable = approvableArguments(task, call.arguments);
    const intent = this.intentOnce(facts, call, fleet);
    const asked = { bound, facts, untrusted, call, task, approvable, fleet, intent };
    // What people have decided on this very call is known to the exchange alone.
    let known = approvable === undefined ? this.states.of(bound.claims) : undefined;
    let isFresh = false;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const steps = known && (await this.decided(asked, known, isFresh));
      if (!isWanted()) throw Denial.of("gateway.authorizer", "the call was given up");
      const told = await this.props.exchange.call(bound.token, facts, { ...steps, arguments: approvable });
      const { state, headers: set } = told;
      this.states.remember(bound.claims, state);
      if (steps?.spend !== undefined && set !== undefined) {
        const { answer } = call;
        const { requestDigest: digest, reservation } = steps.spend;
        return { bound, facts, untrusted, requestDigest: digest, set, remove: [], address, answer, reservation };
      }
      if (told.access_request !== undefined) throw approvalRequired(told.access_request);
      known = state;
      isFresh = true;
    }
    throw new Denial("temporarily_unavailable", Refusal.of("store.conflict").reasons, { retryAfter: 1 });
  }

  /** Ask a server what its tools are. That is a message of the caller's, decided and written like each other one. */
  private async look(recognised: Recognised, address: string, revision: Revision): Promise<readonly Members[]> {
    const { tool, call } = recognised;
    const list = { action: protocolAction("tools/list"), arguments: {}, granted: call.granted ?? [] };
    const { outcomes, toolLists } = this.props;
    const declared: ReadonlySet<unknown> = declaredTools(tool);
    const allowed = await this.spent(recognised, address, list);
    const id = randomUUID();
    outcomes.begin(id, allowed);
    try {
      const server = { url: tool.url, address, headers: allowed.set };
      const tools = await toolLists.of(server, revision, ({ name }) => declared.has(name));
      outcomes.end(id, "succeeded");
      return tools;
    } catch (error) {
      outcomes.end(id, "unknown");
      throw Denial.of("mcp.unseen", undefined, { cause: error });
    }
  }

  /**
   * What the call uses up, or that people are to be asked about it; undefined where what is known may be old, and refuses it.
   *
   * @throws Denial where it is refused by what is known now
   */
  private async decided(asked: AskedCall, known: KnownState, isFresh: boolean): Promise<CallSteps | undefined> {
    const { bound, fleet, untrusted } = asked;
    const { input, ...spending } = questionOf(at(known, bound.claims, this.props.clock()), asked);
    const { decision, reasons } = await this.verdict(asked, input, spending.requestDigest);
    const decidedBy = { versions: known.versions, revision: fleet.revision };
    if (decision === "allow") return { spend: { ...spending, untrusted, ...decidedBy } };
    if (!isFresh) return undefined;
    if (isOnlyUnapproved(reasons)) return { ask: decidedBy };
    throw Denial.byPolicy(reasons, known.retryAfter);
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

/** As an allowed call is logged */
function whoseCall({ client_id: agent, task, run, txn }: AccessTokenClaims): Denial["about"] {
  return { agent, task, run, txn };
}

/** Of MCP, whose lists say what may be called, the policy is looked at before it is asked. */
function grantedBy(
  fleet: FleetView,
  { kind, name }: FleetTool,
  claims: AccessTokenClaims,
): (action: string) => boolean {
  const scope = scopeOf(claims);
  if (kind !== "mcp") return (action) => scope.includes(action);
  const actions = taskOf(fleet, claims)?.actions;
  return (action) => scope.includes(action) && own(actions, `${name}.${action}`) === true;
}

function taskOf({ policy }: FleetView, { client_id: agent, task }: AccessTokenClaims): PolicyTask | undefined {
  return own(own(policy.agents, agent)?.tasks, task);
}

/** Actions that must have succeeded before this one */
function awaited(fleet: FleetView, claims: AccessTokenClaims, call: CallFacts): ReadonlySet<string> {
  const orders = taskOf(fleet, claims)?.orders ?? [];
  const name = `${call.tool}.${call.action}`;
  return new Set(orders.filter(({ then }) => Object.hasOwn(then, name)).flatMap(({ first }) => first));
}
