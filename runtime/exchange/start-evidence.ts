import { type ExchangeReasonCode, startProblem, type StartReason } from "../../domain";
import { issuerAddress } from "../../domain/issuer-address";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import type { FleetView } from "../registry/registry";
import type { EvidenceRequest, EvidenceVerifier, ProvenStart } from "../session/evidence";
import { ACCESS_TOKEN_URN, JWT_URN } from "../token/token-answer";
import type { TokenReader } from "../token/token-reader";
import type { KeysOf } from "../outside/outside-token";
import { readParentToken, type RunReader } from "./start/parent-token";
import type { ReadEvidence } from "./start/read-evidence";
import { readStartToken } from "./start/start-token";
import { readUserToken } from "./start/user-token";

export interface StartEvidenceProps {
  /** The exchange's issuer, which evidence names as its audience */
  readonly issuer: string;
  readonly keysOf: KeysOf;
  /** Of the exchange's own tokens */
  readonly tokens: TokenReader;
  readonly runs: RunReader;
  /**
   * Issuers of users that tell which logins have ended.
   *
   * @default - none does
   */
  readonly signalling?: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

const TYPES = {
  user: [ACCESS_TOKEN_URN, JWT_URN],
  schedule: [JWT_URN],
  event: [JWT_URN],
  delegation: [ACCESS_TOKEN_URN],
} as const satisfies Readonly<Record<Exclude<EvidenceRequest["start"], "agent">, readonly string[]>>;

const BY_AGENT: ReadEvidence = {
  evidence: { start: "agent" },
  proven: () => ({
    by: "agent",
    user: null,
    expiresAt: undefined,
    parent: undefined,
    parentToken: undefined,
    outside: undefined,
  }),
};

/** Verifies what proves that a task was started (docs/exchange.md, "Evidence"). */
export class StartEvidenceVerifier implements EvidenceVerifier {
  private readonly keysOf: KeysOf;

  constructor(private readonly props: StartEvidenceProps) {
    // What it issues to hand work on looks like a user's token, and would start without the chain behind it.
    this.keysOf = (issuer) => {
      if (issuerAddress(issuer.issuer) === issuerAddress(props.issuer)) throw Refusal.of("evidence.issuer-unknown");
      return props.keysOf(issuer);
    };
  }

  /** @throws Refusal */
  public async verify(request: EvidenceRequest): Promise<ProvenStart> {
    const { agent, task, start, fleet, now } = request;
    // Of a start that is not declared, no key is fetched.
    if (!task.startedBy.includes(start)) throw refusalOf("start-not-declared");
    const { evidence, at = now, proven } = await this.read(request);
    const { issuer: exchange } = this.props;
    const parentTask = (name: string) => taskNamed(fleet, name);
    const problem = startProblem(agent, task, evidence, { spiffeId: agent.spiffeId, exchange, now: at, parentTask });
    if (problem !== undefined) throw refusalOf(problem);
    return proven();
  }

  private async read(request: EvidenceRequest): Promise<ReadEvidence> {
    const { start, subjectToken } = request;
    if (start === "agent") {
      if (subjectToken !== undefined) throw Refusal.of("request.malformed", "start agent has no evidence: send none");
      return BY_AGENT;
    }
    if (subjectToken === undefined) throw Refusal.of("evidence.missing");
    const { token, type } = subjectToken;
    const types: readonly string[] = TYPES[start];
    if (!types.includes(type)) throw Refusal.of("evidence.type", `subject_token_type must be ${types.join(" or ")}`);
    switch (start) {
      case "user":
        return readUserToken(token, request, this.keysOf, this.props.signalling ?? NONE);
      case "schedule":
      case "event":
        return readStartToken(token, start, request, this.keysOf);
      case "delegation":
        return readParentToken(token, request, this.props);
    }
  }
}

/** @param name `<agent>.<task>` */
function taskNamed(fleet: FleetView, name: string): { readonly delegates: readonly { target: string }[] } | undefined {
  const [agent = "", task = ""] = name.split(".");
  const edges = fleet.agentNamed(agent)?.tasks.get(task)?.delegates;
  return edges && { delegates: [...edges.keys()].map((target) => ({ target })) };
}

const REFUSALS: Readonly<Record<Exclude<StartReason, keyof typeof DENIALS>, ExchangeReasonCode>> = {
  "evidence-audience": "evidence.audience",
  "evidence-expired": "evidence.expired",
  "evidence-too-long": "evidence.too-long",
  "evidence-too-old": "evidence.too-old",
  "evidence-from-future": "evidence.from-future",
  "evidence-type": "evidence.type",
  "evidence-starter-unknown": "evidence.starter-unknown",
  "evidence-replayed": "evidence.replayed",
  "evidence-other-agent": "evidence.other-agent",
  "evidence-other-task": "evidence.other-task",
};

/** What the policy would say too */
const DENIALS = {
  "start-not-declared": "start.undeclared",
  "delegation-undeclared": "delegation.undeclared",
} as const;

function refusalOf(reason: StartReason): Refusal {
  if (reason === "start-not-declared" || reason === "delegation-undeclared") return deniedBy(DENIALS[reason]);
  return Refusal.of(REFUSALS[reason]);
}
