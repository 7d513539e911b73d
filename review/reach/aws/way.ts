import type { AwsLayer, LayeredPath } from "./layer";
import type { WaySessions } from "./chain/way-sessions";

/** A series of sessions that ends with a role */
export interface Way {
  readonly id: WayId;
  /** Roles that it becomes after the first session, the first of them first. Listed on demand: rings have long ways. */
  readonly becomes: () => readonly AssumedRole[];
  /** Why it cannot be decided whether it may become the last of them; undefined where it may for certain */
  readonly unknown?: string;
  /** What becomes of its sessions, where it was followed */
  readonly sessions?: WaySessions;
}

/**
 * By what policies a path is open: the role's within the session policy, the role's alone, or a resource's that names the
 * role or one of its sessions
 */
export type PathKind = "rights" | "alone" | "granted" | "granted-in-session";

/** One access path that a way opens */
export interface AwsPath extends LayeredPath {
  /** Key: equal in two estates for the same path, and never shown */
  readonly name: string;
  readonly way: Way;
  readonly kind: PathKind;
  /** Whether policies that cannot be read are taken to allow everything */
  readonly ifUnread: boolean;
  readonly layers: readonly AwsLayer[];
}

export function taskWay(task: string): Way {
  return firstWay({ start: { by: "task", task } });
}

/** @param role key, of a principal with several */
export function roleWay(role?: string): Way {
  return firstWay({ start: { by: "role", ...(role !== undefined && { role }) } });
}

export const ITS_ROLE = roleWay();

/** @param unknown why it cannot be decided whether AWS gives the role; undefined where it does */
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

/** Key of the same path without the first doubt of its way */
export function surerPathKey({ way, kind, ifUnread }: Pick<AwsPath, "way" | "kind" | "ifUnread">): string {
  return keyOf(surerWay(way.id), kind, ifUnread);
}

function keyOf(id: WayId, kind: PathKind, ifUnread: boolean): string {
  return `${wayKey(id)} ${kind}${ifUnread ? " unread" : ""}`;
}

/** Whether a path is open by policies of resources, and not by those of the role */
export function isGranted({ kind }: Pick<AwsPath, "kind">): boolean {
  return kind === "granted" || kind === "granted-in-session";
}

/** Whether a path is open only if something that cannot be read or decided allows it */
export function isAssumed({ way, ifUnread }: Pick<AwsPath, "way" | "ifUnread">): boolean {
  return ifUnread || way.unknown !== undefined;
}

/** What gives the first session: a task, a role itself, EKS Pod Identity, or the SPIFFE or service account identity of the principal */
export type WayStart =
  | { readonly by: "task"; readonly task: string }
  /** `role` is the key of one of several roles; undefined for the only one. */
  | { readonly by: "role"; readonly role?: string }
  | { readonly by: "pods" | "identity"; readonly role: string; readonly isCertain: boolean };

/** Which way into AWS this is: equal in two estates for the same start and the same last role, by any roles between them */
export interface WayId {
  readonly start: WayStart;
  /** The last role, where it is assumed from the first */
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

/** The same way without its first doubt */
function surerWay({ start, assumed }: WayId): WayId {
  if ("isCertain" in start && !start.isCertain) {
    return { start: { ...start, isCertain: true }, ...(assumed !== undefined && { assumed }) };
  }
  return { start, ...(assumed !== undefined && { assumed: { ...assumed, isCertain: true } }) };
}

/** Whether a way ends where it starts, with the session of a task or the role itself */
export function assumesNothing({ start: { by }, assumed }: WayId): boolean {
  return assumed === undefined && (by === "task" || by === "role");
}
