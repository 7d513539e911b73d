import { refuse, shown } from "./errors";
import { LIMITS } from "./limits";
import { dnsLabel } from "./plain";
import { Ttl, type TtlInput } from "./ttl";

export interface ApprovalProps {
  /**
   * How long the request waits for a person, at most 24 h.
   *
   * @default 60 min
   */
  readonly requestOpen?: TtlInput;

  /**
   * How long the decision may be used, once; at most 15 min.
   *
   * @default 5 min
   */
  readonly decisionGoodFor?: TtlInput;

  /**
   * How many different persons of the group must approve; one that refuses is enough.
   *
   * @default 1
   */
  readonly people?: 1 | 2;
}

/** One human decision on one exact request: asked for at every call of every action the task grants. */
export class Approval {
  private constructor(
    /** Approver group of the platform; neither the user served nor the agent's owner may decide */
    public readonly group: string,
    public readonly requestOpen: Ttl,
    public readonly decisionGoodFor: Ttl,
    public readonly people: 1 | 2,
  ) {}

  /** @throws DeclarationError `limit.exceeded` over the ceilings, `approval.malformed` without a group, or for another number of people. */
  public static from(group: string, props: ApprovalProps = {}): Approval {
    const where = `approval from ${shown(group)}`;
    if (typeof group !== "string" || group === "") {
      refuse("approval.malformed", "approval", `from needs the name of an approver group, got ${shown(group)}`);
    }
    const { people = 1 } = props;
    if (people !== 1 && people !== 2) {
      refuse("approval.malformed", where, `people must be 1 or 2, got ${shown(people)}: write how many must approve`);
    }
    const { approvalRequest, approvalDecision } = LIMITS;
    const requestOpen = Ttl.from(props.requestOpen ?? approvalRequest.default, where, "requestOpen");
    const decision = Ttl.from(props.decisionGoodFor ?? approvalDecision.default, where, "decisionGoodFor");
    return new Approval(
      dnsLabel(group, where, "group"),
      requestOpen.atMost(approvalRequest.ceiling, where, "requestOpen"),
      decision.atMost(approvalDecision.ceiling, where, "decisionGoodFor"),
      people,
    );
  }
}
