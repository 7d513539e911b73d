import type { AwsLayer, LayeredPath } from "./layer";
import type { WaySessions } from "./chain/way-sessions";

/** A series of sessions that ends with a role */
export interface Way {
  readonly id: WayId;
  /** Roles assumed after the first session, in order. Listed on demand: rings have long ways. */
  readonly becomes: () => readonly AssumedRole[];
  /** Why it is undecided whether the last of them may be assumed; undefined if certain */
  readonly unknown?: string;
  /** The outcome of its sessions, if it was followed */
  readonly sessions?: WaySessions;
}

/**
 * The policies that open a path: the role's within the session policy, the role's alone, or a resource's that names the
 * role or one of its sessions
 */
export type PathKind = "rights" | "alone" | "granted" | "granted-in-session";

/** One access path that a way opens */
export interface AwsPath extends LayeredPath {
  /** Key: equal in two estates for the same path, and never shown */
  readonly name: string;
  readonly way: Way;
  readonly kind: PathKind;
  /** Whether unread policies are assumed to allow everything */
  readonly ifUnread: boolean;
  readonly layers: readonly AwsLayer[];
}

export function taskWay(task: string): Way {
  return firstWay({ start: { by: "task", task } });
}

/** @param role key, for a principal with several roles */
export function roleWay(role?: string): Way {
  return firstWay({ start: { by: "role", ...(role !== undefined && { role }) } });
}

export const ITS_ROLE = roleWay();

/** @param unknown why it is undecided whether AWS gives the role; undefined if certain */
export function givenWay(by: "pods" | "identity", role: string, unknown: string | undefined): Way {
  const id: WayId = { start: { by, role, isCertain: unknown === undefined } };
  const becomes = [{ role, id }];
  return { id, becomes: () => becomes, ...(unknown !== undefined && { unknown }) };
}

function firstWay(id: WayId): Way {
  return { id, becomes: () => [] };
}

export function pathKey({ way, kind, ifUnread }: Pick<AwsPath, "way" | "kind" | "ifUnread">): string {
  return keyOf(way.id, kind, ifUnread);
}

/** Key of the same path without the first uncertainty of its way */
export function surerPathKey({ way, kind, ifUnread }: Pick<AwsPath, "way" | "kind" | "ifUnread">): string {
  return keyOf(surerWay(way.id), kind, ifUnread);
}

function keyOf(id: WayId, kind: PathKind, ifUnread: boolean): string {
  return `${wayKey(id)} ${kind}${ifUnread ? " unread" : ""}`;
}

/** Whether resource policies open the path, not those of the role */
export function isGranted({ kind }: Pick<AwsPath, "kind">): boolean {
  return kind === "granted" || kind === "granted-in-session";
}

/** Whether a path is open only if an unread or undecided part allows it */
export function isAssumed({ way, ifUnread }: Pick<AwsPath, "way" | "ifUnread">): boolean {
  return ifUnread || way.unknown !== undefined;
}

/** The source of the first session: a task, a role itself, EKS Pod Identity, or the SPIFFE or service account identity of the principal */
export type WayStart =
  | { readonly by: "task"; readonly task: string }
  /** `role` is the key of one of several roles; undefined for the only one. */
  | { readonly by: "role"; readonly role?: string }
  | { readonly by: "pods" | "identity"; readonly role: string; readonly isCertain: boolean };

/** Identity of a way into AWS: equal in two estates for the same start and the same last role, through any roles */
export interface WayId {
  readonly start: WayStart;
  /** The last role, if it is assumed from the first */
  readonly assumed?: { readonly role: string; readonly isCertain: boolean };
}

/** A role that a way leads to */
export interface AssumedRole {
  /** Key of the role */
  readonly role: string;
  /** The way that ends there */
  readonly id: WayId;
}

/** Equal for equal ways */
export function wayKey({ start, assumed }: WayId): string {
  const first = start.by === "task" ? [start.task] : [start.role, "isCertain" in start && start.isCertain];
  return JSON.stringify([start.by, ...first, assumed?.role, assumed?.isCertain]);
}

/** The same way without its first uncertainty */
function surerWay({ start, assumed }: WayId): WayId {
  if ("isCertain" in start && !start.isCertain) {
    return { start: { ...start, isCertain: true }, ...(assumed !== undefined && { assumed }) };
  }
  return { start, ...(assumed !== undefined && { assumed: { ...assumed, isCertain: true } }) };
}

/** Whether a way assumes nothing: it ends with the session of a task, or with the role itself */
export function assumesNothing({ start: { by }, assumed }: WayId): boolean {
  return assumed === undefined && (by === "task" || by === "role");
}
