import { didYouMean } from "../../domain/nearest";
import type { Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import { reasonOf } from "../decision/decider";
import { Refusal } from "../refusal/refusal";
import { refusalOf } from "../refusal/refusal-of";
import type { FleetView, Registry } from "../registry/registry";
import { aboutClaims } from "../token/about-claims";
import type { AccessTokenClaims } from "../token/access-token";
import { Refusals } from "../token/refusals";
import { userOf } from "../token/subject-id";
import type { TokenReader } from "../token/token-reader";
import type { TokenStanding } from "../token/token-standing";
import { type Credential, type OutboundCredential, OutboundFailure } from "./credential";
import { outboundGiven, outboundRefused } from "./events";
import { withinDeadline } from "./kept";
import type { Ways } from "./ways";

/** What a tool is called with */
export interface OutboundAnswer {
  /** By name in lower case */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole seconds since the epoch */
  readonly expires_at: number;
}

export interface OutboundProps {
  readonly ways: Ways;
  readonly tokens: Pick<TokenReader, "read">;
  readonly standing: Pick<TokenStanding, "stands">;
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Told of what went wrong; the service learns a code alone */
  readonly onFailure: (error: unknown) => void;
}

const TOOL = "tool:";
const OVER = "what the token belongs to is over, or was stopped";

/** Gives the gateway what a tool is called with, which no agent ever sees. */
export class Outbound {
  private readonly refusals: Refusals;

  constructor(private readonly props: OutboundProps) {
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  /**
   * @param token that the tool was called with; the service has verified its binding
   * @param service SPIFFE ID of the requester
   * @throws Refusal, and no other error
   */
  public async credential(token: string, service: string): Promise<OutboundAnswer> {
    let claims: AccessTokenClaims | undefined;
    try {
      claims = await this.props.tokens.read(token, this.props.clock());
      return await this.given(claims, service);
    } catch (error) {
      const refusal = error instanceof OutboundFailure ? failed(error) : refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      refusal.about = aboutClaims(claims, this.props.registry);
      const event = outboundRefused(service, claims, refusal, this.props.clock());
      await this.refusals.record(event, refusal, { spiffeId: service, confirmation: undefined, proof: undefined });
      throw refusal;
    }
  }

  /**
   * For a call whose token is valid; the caller records it.
   *
   * @throws Refusal, and no other error
   */
  public async headersFor(claims: AccessTokenClaims): Promise<OutboundAnswer["headers"]> {
    try {
      return (await this.fetched(claims, this.props.registry.current())).headers;
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      this.refusals.report(error);
      throw failed(error);
    }
  }

  /**
   * Like {@link headersFor}, from the cache; undefined if they would have to be fetched
   *
   * @throws Refusal, and no other error
   */
  public keptFor(claims: AccessTokenClaims): OutboundAnswer["headers"] | undefined {
    return this.wayTo(claims, this.props.registry.current()).keptFor?.(claims)?.headers;
  }

  private fetched(claims: AccessTokenClaims, fleet: FleetView): Promise<Credential> {
    const way = this.wayTo(claims, fleet);
    const issuers = fleet.issuers.map(({ issuer }) => issuer);
    return withinDeadline((signal) => way.headersFor({ claims, issuers }, signal));
  }

  private async given(claims: AccessTokenClaims, service: string): Promise<OutboundAnswer> {
    const { standing, registry, ledger, clock } = this.props;
    if (!claims.aud.startsWith(TOOL)) throw invalid("the token must be of a tool's audience");
    if (!(await standing.stands(claims))) throw invalid(OVER);
    const fleet = registry.current();
    const credential = await this.fetched(claims, fleet);
    await ledger.commit({ writes: [], event: outboundGiven(service, claims, credential, clock()) });
    // Once more: a stop that was answered meanwhile holds for what is under way too.
    if (!(await standing.stands(claims))) throw invalid(OVER);
    return { headers: credential.headers, expires_at: credential.expiresAt };
  }

  /** By whose rights the registry says that the tool uses; the configuration cannot say otherwise. */
  private wayTo(claims: AccessTokenClaims, fleet: FleetView): OutboundCredential {
    const { tools, services } = this.props.ways;
    const tool = claims.aud.slice(TOOL.length);
    const actsAs = fleet.toolOf(tool)?.actsAs;
    if (actsAs === undefined) throw undeclared(`there is no tool ${tool}${didYouMean(tool, toolsOf(claims, fleet))}`);
    if (actsAs === "user") {
      if (userOf(claims.sub_id) === null) throw Refusal.denied([reasonOf("user.missing")]);
      return tools.get(tool) ?? notConfigured(`tool ${tool}, which acts as the user`, tool, tools);
    }
    const { service } = actsAs;
    return services.get(service) ?? notConfigured(`service ${service} of ${tool}`, service, services);
  }
}

function failed(error: OutboundFailure): Refusal {
  return Refusal.of("outbound.failed", undefined, { cause: error });
}

/** Of the task that the token is for: the caller learns of no other */
function toolsOf({ client_id, task }: AccessTokenClaims, fleet: FleetView): readonly string[] {
  return [...(fleet.agentOf(client_id)?.tasks.get(task)?.tools.keys() ?? [])];
}

function notConfigured(what: string, name: string, configured: ReadonlyMap<string, unknown>): never {
  return undeclared(`no identity is configured for the ${what}${didYouMean(name, [...configured.keys()])}`);
}

function undeclared(what: string): never {
  throw Refusal.of("outbound.undeclared", what);
}

/** What is wrong goes into the log, never into the answer. */
function invalid(detail: string): Refusal {
  return Refusal.of("token.invalid", undefined, { cause: new Error(detail) });
}
