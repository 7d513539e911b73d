import type { Resource } from "../../../read/resource";
import type { AssumedRole, WayId } from "../way";
import { rolesBetween, type LongestWay } from "./closure";
import type { SessionOutcome } from "./renewals";

/** A way stays open because its sessions are renewed without end. */
export interface WayRenewal {
  /** Keys of roles; each may assume the next, and the last the first */
  readonly ring: readonly string[];
  /** True if the ring itself is certain; then `unknown` is only about whether the ring can be reached */
  readonly isRing: boolean;
  /** Why it is undecided whether sessions are renewed; undefined if certain */
  readonly unknown: string | undefined;
}

/** The way back to its first role, which loses the session policy */
export interface WayBack {
  /** Roles on it, the first role last */
  readonly becomes: readonly AssumedRole[];
  /** Why it is undecided; undefined if certain */
  readonly unknown: string | undefined;
}

/** The start that all ways from one role share */
export interface WayBeginning {
  readonly id: WayId;
  readonly role: Resource;
  /** Roles assumed before `role` */
  readonly becomes: readonly AssumedRole[];
  readonly unknown: string | undefined;
  /** Whether a session policy limits it */
  readonly isLimited: boolean;
  readonly renewed: () => SessionOutcome;
  readonly hopTo: (role: Resource) => AssumedRole;
  /** Keys of the roles of a ring */
  readonly keysOf: (ring: readonly Resource[]) => readonly string[];
}

/**
 * The outcome of the sessions of one way.
 *
 * Computed on demand: `ambit blast-radius` needs lifetimes, `ambit review` does not.
 */
export class WaySessions {
  /** @param last role that the way ends with */
  public constructor(
    private readonly begun: WayBeginning,
    private readonly last: Resource,
  ) {}

  /** Key of the role that the way starts with */
  public get start(): string {
    return this.begun.hopTo(this.begun.role).role;
  }

  /** Undefined if the sessions end */
  public get renewal(): WayRenewal | undefined {
    const { renewed, keysOf } = this.begun;
    const found = renewed().renewals.get(this.last);
    if (found === undefined) return undefined;
    const { isRing, unknown } = found;
    return { ring: keysOf(found.ring()), isRing, unknown };
  }

  /** The longest way to its last role, over certain edges and over all. Empty if its sessions do not end */
  public get longest(): readonly LongestWay[] {
    const { becomes, renewed } = this.begun;
    const { certain, any } = renewed().longest;
    return [certain, any].flatMap((all) => {
      const found = all.get(this.last);
      return found === undefined ? [] : { ...found, roles: becomes.length + found.roles };
    });
  }

  /** Undefined if it does not return, or no session policy limits it */
  public get back(): WayBack | undefined {
    const { becomes, unknown, role, isLimited, renewed, hopTo } = this.begun;
    const back = isLimited ? renewed().back : undefined;
    if (back === undefined) return undefined;
    return {
      becomes: [...becomes, ...[...rolesBetween(back), role].map(hopTo)],
      unknown: back.unknown ?? unknown,
    };
  }
}
