import { isRecord } from "../../../domain/is-record";

export type EventNode = Readonly<Record<string, unknown>>;

/** Of whose session an event of CloudTrail is */
export interface RoleSession {
  /** Name of the session */
  readonly name: string;
  /** ARN of the role, with its path; empty if the event has none */
  readonly role: string;
  /** Empty if the session has none */
  readonly sourceIdentity: string;
}

/**
 * Undefined if the caller is no session of a role
 * Source: CloudTrail User Guide, "CloudTrail userIdentity element"
 */
export function roleSessionOf(event: EventNode): RoleSession | undefined {
  const identity = nodeOf(event, "userIdentity");
  const [kind, , name = ""] = textOf(identity, "arn").split(":").at(-1)?.split("/") ?? [];
  if (kind !== "assumed-role") return undefined;
  const context = nodeOf(identity, "sessionContext");
  const role = textOf(nodeOf(context, "sessionIssuer"), "arn");
  return { name, role, sourceIdentity: textOf(context, "sourceIdentity") };
}

/** Empty where it is no object */
export function nodeOf(node: EventNode, name: string): EventNode {
  const value = node[name];
  return isRecord(value) ? value : {};
}

/** Empty where it is no text */
export function textOf(node: EventNode, name: string): string {
  const value = node[name];
  return typeof value === "string" ? value : "";
}
