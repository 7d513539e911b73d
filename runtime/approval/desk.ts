import { LIMITS, type SensitivityName } from "../../domain";
import type { AuditEvent, Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import type { AuthenticatedPerson } from "../people/person";
import { Refusal } from "../refusal/refusal";
import type { FleetView, Registry } from "../registry/registry";
import type { EpochState } from "../session/stored";
import { approvalsOfGroup } from "../store/keys";
import type { StateStore } from "../store/store";
import { userDigest } from "../store/user-digest";
import { type ApprovalRecord, approvalState } from "./approval-record";
import type { ApproverNotices } from "./approver-notices";
import { readApproval, readApprovals } from "./approvals";
import { isCleared } from "./clearance";
import { decide } from "./decide";
import { type ApprovalSummary, identityOf, notYours, type ShownApproval, shownOf, summaryOf } from "./shown-approval";
import { isStopped } from "./stopped";

export interface DeskProps {
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  /** The same store: requests are listed from it */
  readonly store: Pick<StateStore, "list">;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /**
   * Called for each request that a second person must approve.
   *
   * @default - no notice is sent
   */
  readonly notices?: Pick<ApproverNotices, "seconded"> | undefined;
}

export interface ListRequest {
  /** `open`: those that wait; `history`: all, of the last week */
  readonly of: "history" | "open";
  /** `next` of the last answer */
  readonly after?: string | undefined;
}

export interface ApprovalList {
  /** At most 100, the latest first; there may be more even if it is shorter */
  readonly requests: readonly ApprovalSummary[];
  /** Where there may be more */
  readonly next: string | null;
}

export interface DecisionRequest {
  readonly verdict: "approved" | "refused";
  /** Digest of the request that was shown */
  readonly digest: string;
  readonly reason?: string | undefined;
}

/** Keys that the store reads at once */
const PAGE = 100;
/** In which open requests are looked for behind others that are not */
const MOST_PAGES = 20;

/** People list, read and decide what agents ask for. */
export class ApprovalDesk {
  constructor(private readonly props: DeskProps) {}

  /**
   * What the groups of this person were asked, as far as they are cleared for it.
   *
   * @throws Refusal `store.restored`
   * @throws StoreUnavailable, RegistryUnavailable
   */
  public async list(person: AuthenticatedPerson, { of, after }: ListRequest): Promise<ApprovalList> {
    const { fleet, state, now } = await this.now();
    const groups = groupsOf(fleet, person);
    const oldest = of === "open" ? now - LIMITS.approvalRequest.ceiling.seconds : 0;
    const requests: ApprovalSummary[] = [];
    let next = after;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const found = await this.page(state, groups, next);
      const records = (await readApprovals(state, found.handles)).map(({ record }) => record);
      const shown = records.filter(
        (record) =>
          isCleared(groups.get(record.group), record.asking.sensitivity) &&
          (of === "history" || approvalState(record, now) === "pending"),
      );
      requests.push(...shown.map((record) => summaryOf(record, fleet, person, now)));
      const isBehind = records.some(({ requestedAt }) => requestedAt < oldest);
      next = isBehind ? undefined : found.next;
      if (next === undefined || requests.length > 0) break;
    }
    return { requests, next: next ?? null };
  }

  /**
   * All of one request.
   *
   * @throws Refusal `decide.unknown`, `decide.other-group`, `decide.above-clearance`, `store.restored`
   * @throws StoreUnavailable, RegistryUnavailable
   */
  public async show(person: AuthenticatedPerson, id: string): Promise<ShownApproval> {
    const { fleet, state, now } = await this.now();
    const record = await known(state, id);
    refuseUnreadable(record, fleet, person);
    const shown = shownOf(record, fleet, person, now);
    const stopped = shown.status === "pending" && (await isStopped(state, record));
    return stopped ? { ...shown, notYours: "decide.stopped" } : shown;
  }

  /**
   * Write down what the person decides on the request that was shown.
   *
   * @throws Refusal `decide.unknown` and the others of docs/exchange.md, `person.stale-login`, `store.restored`; each but the first and the
   *   last is on record
   * @throws StoreConflict, StoreUnavailable, RegistryUnavailable
   */
  public async decide(person: AuthenticatedPerson, id: string, request: DecisionRequest): Promise<ShownApproval> {
    const { fleet, state, now } = await this.now();
    const record = await known(state, id);
    try {
      refuseUnreadable(record, fleet, person);
      const because = notYours(record, fleet, person, now, request.verdict);
      const code = because ?? (request.digest === record.digest ? undefined : "decide.other-digest");
      const { email, authenticatedAt } = person;
      if (code !== undefined || email === undefined) throw Refusal.of(code ?? "decide.no-email");
      const { verdict, reason = "" } = request;
      const decision = {
        by: { ...identityOf(person), email },
        authenticatedAt,
        group: record.group,
        verdict,
        reason,
        now,
      };
      const decided = await decide(state, this.props.ledger, id, decision);
      if (decided.decision === null) this.props.notices?.seconded(decided);
      return shownOf(decided, fleet, person, now);
    } catch (error) {
      if (error instanceof Refusal) {
        await this.props.ledger.commit({ writes: [], event: refusedEvent(record, person, error.message, now) });
      }
      throw error;
    }
  }

  private async now(): Promise<{ readonly fleet: FleetView; readonly state: EpochState; readonly now: number }> {
    const { registry, state, clock } = this.props;
    return { fleet: registry.current(), state: await state(), now: clock() };
  }

  /** The next of all groups together */
  private async page(
    { epoch }: EpochState,
    groups: ReadonlyMap<string, SensitivityName>,
    after: string | undefined,
  ): Promise<{ readonly handles: readonly string[]; readonly next: string | undefined }> {
    const lists = await Promise.all(
      [...groups.keys()].map((group) => this.props.store.list(approvalsOfGroup(epoch, group), "", PAGE, after)),
    );
    const sorts = lists
      .flat()
      .map(({ key }) => key.sort)
      .sort();
    const first = sorts.slice(0, PAGE);
    const isMore = sorts.length > PAGE || lists.some((list) => list.length === PAGE);
    return { handles: first.map(handleIn), next: isMore ? first.at(-1) : undefined };
  }
}

/** @throws Refusal `decide.unknown` */
async function known(state: EpochState, id: string): Promise<ApprovalRecord> {
  const stored = await readApproval(state, id);
  if (stored === undefined) throw Refusal.of("decide.unknown");
  return stored.record;
}

/**
 * What a person is not cleared for is not shown, also where the group decides on it.
 *
 * @throws Refusal `decide.other-group`, `decide.above-clearance`
 */
function refuseUnreadable({ group, asking }: ApprovalRecord, fleet: FleetView, person: AuthenticatedPerson): void {
  const groups = groupsOf(fleet, person);
  if (!groups.has(group)) throw Refusal.of("decide.other-group");
  if (!isCleared(groups.get(group), asking.sensitivity)) throw Refusal.of("decide.above-clearance");
}

function handleIn(sort: string): string {
  return sort.slice(sort.indexOf("#") + 1);
}

/** Approver groups of the platform that the person is in now, with what they are cleared for */
function groupsOf({ people }: FleetView, { groups }: AuthenticatedPerson): ReadonlyMap<string, SensitivityName> {
  const known = Object.entries(people?.approvers ?? {}).filter(([, { claim }]) => groups.has(claim));
  return new Map(known.map(([name, { clearance }]) => [name, clearance]));
}

function refusedEvent(
  { digest, agent, user, group }: ApprovalRecord,
  person: AuthenticatedPerson,
  code: string,
  time: number,
): AuditEvent {
  return {
    kind: "approval.decision-refused",
    time,
    facts: { digest, agent, user: user && userDigest(user), group, by: userDigest(identityOf(person)), codes: [code] },
  };
}
