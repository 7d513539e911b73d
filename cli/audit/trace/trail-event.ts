import { isRecord } from "../../../domain/is-record";
import { LIMITS } from "../../../domain/limits";
import type { AuditRecord } from "../../../runtime/audit/audit";
import { type EventNode, nodeOf, roleSessionOf, textOf } from "../cloudtrail/role-session";
import type { FileState } from "../cloudtrail/trail-validation";

/** An event of CloudTrail, of a session that the exchange began: its name is the transaction, its source identity the agent. */
export class TrailEvent {
  /** Whole seconds since the epoch */
  public readonly time: number;
  public readonly source: string;
  public readonly name: string;
  public readonly error: string | undefined;

  private constructor(
    private readonly event: EventNode,
    private readonly role: string,
    private readonly sourceIdentity: string,
    /** What is known of its file */
    public readonly file: FileState,
  ) {
    this.time = Math.floor(Date.parse(textOf(event, "eventTime")) / 1_000);
    this.source = textOf(event, "eventSource");
    this.name = textOf(event, "eventName");
    this.error = textOf(event, "errorCode") || undefined;
  }

  /**
   * @param file what is known of the file that it is from
   * @returns undefined if the event is of another session
   */
  public static of(event: unknown, txn: string, file: FileState): TrailEvent | undefined {
    if (!isRecord(event) || Number.isNaN(Date.parse(textOf(event, "eventTime")))) return undefined;
    const asked = nodeOf(event, "requestParameters");
    if (textOf(event, "eventName") === "AssumeRole" && textOf(asked, "roleSessionName") === txn)
      return new TrailEvent(event, textOf(asked, "roleArn"), textOf(asked, "sourceIdentity"), file);
    const session = roleSessionOf(event);
    if (session?.name !== txn) return undefined;
    return new TrailEvent(event, session.role, session.sourceIdentity, file);
  }

  /** Such as `s3` */
  public get service(): string {
    return this.source.replace(/\.amazonaws\.com$/, "");
  }

  public get facts(): readonly (readonly [name: string, value: string])[] {
    const { event } = this;
    const asked = Object.entries(nodeOf(event, "requestParameters")).filter(([, value]) => typeof value === "string");
    const facts = [
      ["role", this.role],
      ["sourceIdentity", this.sourceIdentity],
      ["region", textOf(event, "awsRegion")],
      ...asked.filter(([name]) => !["policy", "roleArn", "roleSessionName", "sourceIdentity"].includes(name)),
      ["eventID", textOf(event, "eventID")],
    ] as readonly (readonly [string, string])[];
    return facts.filter(([, value]) => value !== "");
  }

  /** Why no record lets AWS do this, in one sentence; undefined if one does */
  public unaccounted(records: readonly AuditRecord[]): string | undefined {
    const issued = records.filter(({ kind, facts }) => kind === "aws.issued" && facts["role"] === this.role);
    if (issued.length === 0) return `no record of this transaction asks for credentials of ${this.role || "this role"}`;
    if (!issued.some(({ facts }) => facts["agent"] === this.sourceIdentity))
      return `the session's source identity is ${this.sourceIdentity || "missing"}, and no record of that agent asks for it`;
    const { clockSkew, brokeredSession } = LIMITS;
    const longest = brokeredSession.seconds + 2 * clockSkew.seconds;
    const isWithin = issued.some(({ time }) => time - clockSkew.seconds <= this.time && this.time <= time + longest);
    return isWithin ? undefined : "credentials that were asked for were not good at this time";
  }
}
