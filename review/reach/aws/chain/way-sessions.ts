import type { Resource } from "../../../read/resource";
import type { AssumedRole, WayId } from "../way";
import { rolesBetween, type LongestWay } from "./closure";
import type { SessionOutcome } from "./renewals";

/** What a way opens stays open, because its sessions are renewed without end. */
export interface WayRenewal {
  /** Keys of roles, each of which may become the next, and the last the first */
  readonly ring: readonly string[];
  /** True if the ring itself is certain; then `unknown` is only about whether the ring can be reached */
  readonly isRing: boolean;
  /** Why it cannot be decided whether sessions are renewed; undefined where it is certain */
  readonly unknown: string | undefined;
}

/** How a way comes back to the role that it began with, and so loses the session policy */
export interface WayBack {
  /** Roles on it, that one last */
  readonly becomes: readonly AssumedRole[];
  /** Why it cannot be decided whether it does; undefined where it is certain */
  readonly unknown: string | undefined;
}

/** The beginning that all ways from one start share */
export interface WayBeginning {
  readonly id: WayId;
  readonly role: Resource;
  /** Roles that are assumed before `role` is */
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
 * What becomes of the sessions of one way.
 *
 * Computed on demand: `ambit blast-radius` needs lifetimes, `ambit review` does not.
 */
export class WaySessions {
  /** @param last role that the way ends with */
  public constructor(
    private readonly begun: WayBeginning,
    private readonly last: Resource,
  ) {}

  /** Key of the role that the way begins with */
  public get start(): string {
    return this.begun.hopTo(this.begun.role).role;
  }

  /** Undefined where the sessions end */
  public get renewal(): WayRenewal | undefined {
    const { renewed, keysOf } = this.begun;
    const found = renewed().renewals.get(this.last);
    if (found === undefined) return undefined;
    const { isRing, unknown } = found;
    return { ring: keysOf(found.ring()), isRing, unknown };
  }

  /** The longest way to the role that it ends with, over certain edges and over any. None where its sessions do not end */
  public get longest(): readonly LongestWay[] {
    const { becomes, renewed } = this.begun;
    const { certain, any } = renewed().longest;
    return [certain, any].flatMap((all) => {
      const found = all.get(this.last);
      return found === undefined ? [] : { ...found, roles: becomes.length + found.roles };
    });
  }

  /** Undefined where it does not come back, or no session policy limits it */
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
