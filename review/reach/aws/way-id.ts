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
export interface Becoming {
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
export function surerWay({ start, assumed }: WayId): WayId {
  if ("isCertain" in start && !start.isCertain) {
    return { start: { ...start, isCertain: true }, ...(assumed !== undefined && { assumed }) };
  }
  return { start, ...(assumed !== undefined && { assumed: { ...assumed, isCertain: true } }) };
}

/** Whether a way ends where it starts, with the session of a task or the role itself */
export function assumesNothing({ start: { by }, assumed }: WayId): boolean {
  return assumed === undefined && (by === "task" || by === "role");
}
