import { randomUUID } from "node:crypto";
import { isProtocolAction, own, protocolAction, type ReasonCode } from "../../../domain";
import type { FleetTool, FleetView, Registry } from "../../registry/registry";
import { scopeOf } from "../../state/presented";
import type { Telemetry } from "../../telemetry/telemetry";
import { traceContextOf } from "../../telemetry/trace-context";
import type { AccessTokenClaims } from "../../token/access-token";
import { Denial } from "../denial";
import type { Destinations } from "../destination/destinations";
import type { BoundToken, BoundTokens } from "../identity/bound-tokens";
import type { PeerCertificates } from "../identity/peer-certificates";
import { declaredTools } from "../mcp/definitions";
import { presentFleet } from "../present-fleet";
import type { Revision } from "../mcp/revisions";
import type { Members } from "../mcp/rpc";
import type { ToolLists } from "../mcp/tool-lists";
import { takenOut } from "../request/headers";
import type { RecognisedCall } from "../request/recognised-call";
import type { Recogniser } from "../request/recogniser";
import { checkBound } from "./bound-arguments";
import type { GatewayRequest } from "./gateway-request";
import type { Outcomes } from "./outcomes";
import { type Allowed, SpentCalls, type SpentCallsProps, type Spender } from "./spent-calls";
import { taskOf } from "./task-of";
import { whoseCall } from "./whose-call";

export interface AuthorizerProps extends SpentCallsProps {
  readonly peers: PeerCertificates;
  readonly tokens: BoundTokens;
  /** `look` has it read before it would be by itself. */
  readonly registry: Registry & { look(): Promise<void> };
  readonly recogniser: Recogniser;
  readonly destinations: Pick<Destinations, "of">;
  readonly outcomes: SpentCallsProps["outcomes"] & Pick<Outcomes, "begin" | "end">;
  readonly toolLists: Pick<ToolLists, "of">;
  /**
   * Where the trace that a message tells of is linked.
   *
   * @default - nothing is traced
   */
  readonly telemetry?: Pick<Telemetry, "current">;
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

/** A request of an agent to one to which it hands work on */
export interface HandedOnRequest extends Pick<GatewayRequest, "certificate" | "headers"> {
  /** What stands for the delegate in place of a tool's name */
  readonly delegate: string;
  /** Address and port of the pod that it goes to */
  readonly address: string;
  /** @param isRead whether a person or the intent evaluator decides on what it says. @throws Denial if that cannot be read */
  readonly callOf: (isRead: boolean) => RecognisedCall;
  /** Names of headers that do not go on */
  readonly removeOf: (isRead: boolean) => readonly string[];
  /** Whether it only asks for the state of work, and hands none on */
  readonly onlyAsks: boolean;
}

const STALE = "policy.stale" satisfies ReasonCode;
/** Decides on each call from what was declared, what was read and what is asked for, and spends what an allowed one uses up. */
export class Authorizer {
  private readonly calls: SpentCalls;
  private looking: Promise<void> | undefined;

  constructor(private readonly props: AuthorizerProps) {
    this.calls = new SpentCalls(props);
  }

  /**
   * @param isWanted whether Envoy still waits for the answer: an abandoned call spends nothing
   * @throws Denial, the only error that may be shown to the agent
   */
  public authorize(request: GatewayRequest, isWanted: () => boolean = () => true): Promise<Allowed> {
    return this.byNewest((fleet) => this.authorized(fleet, request, isWanted));
  }

  /**
   * Work that is handed on, before it reaches the delegate: decided and recorded like a call of a tool, by the
   * delegation token.
   *
   * @throws Denial, the only error that may be shown to the agent
   */
  public handOn(request: HandedOnRequest, isWanted: () => boolean = () => true): Promise<Allowed> {
    return this.byNewest((fleet) => this.handedOn(fleet, request, isWanted));
  }

  private async byNewest(decided: (fleet: FleetView) => Promise<Allowed>): Promise<Allowed> {
    const fleet = presentFleet(this.props.registry);
    try {
      return await decided(fleet);
    } catch (error) {
      if (!(error instanceof Denial && error.codes.join() === STALE)) throw error;
      // The exchange took a new registry a moment before this process did; nothing was spent.
      this.looking ??= this.props.registry.look().finally(() => (this.looking = undefined));
      await this.looking;
      const newer = presentFleet(this.props.registry);
      if (newer.revision <= fleet.revision) throw error;
      return decided(newer);
    }
  }

  private async handedOn(fleet: FleetView, request: HandedOnRequest, isWanted: () => boolean): Promise<Allowed> {
    const { peers, tokens, intent } = this.props;
    const { certificate, headers, delegate, address } = request;
    const bound = await tokens.of(headers, peers.of(certificate), "exchange");
    let call: RecognisedCall | undefined;
    try {
      const isRead = intent !== undefined || (taskOf(fleet, bound.claims)?.approvalGroup ?? "") !== "";
      call = request.callOf(isRead);
      const allowed = await this.calls.spent(
        { fleet, tool: delegate, destination: delegate, bound, isWanted, headers },
        address,
        call,
      );
      return { ...allowed, remove: request.removeOf(isRead), onlyAsks: request.onlyAsks };
    } catch (error) {
      if (error instanceof Denial) error.about = whoseCall(bound.claims, call);
      throw error;
    }
  }

  private async authorized(fleet: FleetView, request: GatewayRequest, isWanted: () => boolean): Promise<Allowed> {
    const { peers, tokens, recogniser } = this.props;
    const peer = peers.of(request.certificate);
    let about: Denial["about"] = { agent: peer.spiffeId };
    try {
      const tool = fleet.toolOf(request.tool);
      if (tool === undefined) throw Denial.of("gateway.route");
      const bound = await tokens.of(request.headers, peer, `tool:${tool.name}`);
      about = whoseCall(bound.claims);
      const caller = { claims: bound.claims, isGranted: grantedBy(fleet, tool, bound.claims) };
      const call = recogniser.recognise(tool, request, caller);
      about = whoseCall(bound.claims, call);
      this.props.telemetry?.current().link(traceContextOf(call.trace));
      return await this.recognised({ request, fleet, tool, bound, call, isWanted });
    } catch (error) {
      if (error instanceof Denial) error.about = about;
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
    const allowed = await this.calls.spent(spenderOf(recognised), address, call);
    call.goesOut?.();
    return { ...allowed, remove: takenOut(request.headers, call.passes) };
  }

  /** Ask a server what its tools are. That is a message of the caller's, decided and written like each other one. */
  private async look(recognised: Recognised, address: string, revision: Revision): Promise<readonly Members[]> {
    const { tool, call } = recognised;
    const list = { action: protocolAction("tools/list"), arguments: {}, granted: call.granted ?? [] };
    const { outcomes, toolLists } = this.props;
    const declared: ReadonlySet<unknown> = declaredTools(tool);
    const allowed = await this.calls.spent(spenderOf(recognised), address, list);
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
}

function spenderOf({ request, fleet, tool, bound, isWanted }: Recognised): Spender {
  const { destination, headers } = request;
  return { fleet, tool: tool.name, destination, bound, isWanted, headers };
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
