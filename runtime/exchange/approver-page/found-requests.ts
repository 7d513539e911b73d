import type { ApprovalSummary, ShownApproval } from "../../approval/shown-approval";
import type { AuthenticatedPerson } from "../../people/person";
import type { Desk } from "./parts";

/** A part of what was found */
export interface Found {
  readonly requests: readonly ApprovalSummary[];
  /** Cursor of the next page; undefined on the last one */
  readonly next: string | undefined;
}

/** The last request of the same agent, task and action that was approved */
export interface Before {
  readonly arguments: ShownApproval["arguments"];
  readonly by: string;
  /** Whole seconds since the epoch */
  readonly at: number;
}

export const PER_PAGE = 100;
/** Of the desk, 100 requests each: more wait for no person at once */
const MOST_OPEN_PARTS = 40;
/** In which a search looks at once: the next part is a click away */
const MOST_SEARCHED_PARTS = 10;
/** In which the last approved one is looked for */
const MOST_PARTS_BEFORE = 2;

/** Those that this person may decide on, the oldest first. @param page from 1 on */
export async function openRequests(
  desk: Desk,
  person: AuthenticatedPerson,
  { search, page }: { readonly search: string; readonly page: number },
): Promise<{ readonly requests: readonly ApprovalSummary[]; readonly total: number }> {
  const all: ApprovalSummary[] = [];
  let after: string | undefined;
  for (let part = 0; part < MOST_OPEN_PARTS; part += 1) {
    const { requests, next } = await desk.list(person, { of: "open", after });
    all.push(...requests.filter((request) => request.notYours === null && isFound(request, search)));
    if (next === null) break;
    after = next;
  }
  const first = (page - 1) * PER_PAGE;
  return { requests: all.reverse().slice(first, first + PER_PAGE), total: all.length };
}

/** What the person's groups have decided, or have left until it was over, the latest first */
export async function formerRequests(
  desk: Desk,
  person: AuthenticatedPerson,
  { search, after }: { readonly search: string; readonly after: string | undefined },
): Promise<Found> {
  const found: ApprovalSummary[] = [];
  let next = after;
  for (let part = 0; part < MOST_SEARCHED_PARTS && found.length < PER_PAGE; part += 1) {
    const list = await desk.list(person, { of: "history", after: next });
    found.push(...list.requests.filter((request) => request.status !== "pending" && isFound(request, search)));
    next = list.next ?? undefined;
    if (next === undefined) break;
  }
  return { requests: found, next };
}

/** Looked for among the latest of the person's groups, which is where the comparison helps. */
export async function approvedBefore(
  desk: Desk,
  person: AuthenticatedPerson,
  shown: ShownApproval,
): Promise<Before | undefined> {
  let after: string | undefined;
  for (let part = 0; part < MOST_PARTS_BEFORE; part += 1) {
    const { requests, next } = await desk.list(person, { of: "history", after });
    const like = requests.find((request) => isApprovedLike(request, shown));
    if (like !== undefined) return beforeOf(await desk.show(person, like.id));
    if (next === null) return undefined;
    after = next;
  }
  return undefined;
}

function beforeOf({ arguments: args, decision }: ShownApproval): Before | undefined {
  return decision === null ? undefined : { arguments: args, by: decision.email, at: decision.at };
}

function isApprovedLike(one: ApprovalSummary, other: ApprovalSummary): boolean {
  const wasApproved = one.status === "approved" || one.status === "spent";
  const names = ["agent", "task", "tool", "action"] as const;
  return wasApproved && one.id !== other.id && names.every((name) => one[name] === other[name]);
}

function isFound({ agent, task, tool, action, destination, user }: ApprovalSummary, search: string): boolean {
  const text = [agent, task, `${tool}.${action}`, destination, user?.subject ?? ""].join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
