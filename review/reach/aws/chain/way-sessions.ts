import type { Resource } from "../../../read/resource";
import type { Becoming, Way } from "../way";
import { between } from "./closure";
import type { Longest } from "./longest";
import type { Renewed } from "./renewals";

/** That what a way opens stays open, for its sessions are renewed without end */
export interface WayRenewal {
  /** Keys of roles, each of which may become the next, and the last the first */
  readonly ring: readonly string[];
  /** Whether they may for certain, though perhaps nobody comes from there */
  readonly isRing: boolean;
  /** Why nobody can say whether sessions are renewed; undefined where it is certain */
  readonly unknown: string | undefined;
}

/** How a way comes back to the role that it began with, and so rids itself of the session policy */
export interface WayBack {
  /** Roles on it, that one last */
  readonly becomes: readonly Becoming[];
  /** Why nobody can say whether it does; undefined where it is certain */
  readonly unknown: string | undefined;
}

/** What a way begins with, for all ways that go on from it */
export interface Begun {
  readonly way: Way;
  readonly role: Resource;
  /** Whether a session policy limits it */
  readonly isLimited: boolean;
  readonly renewed: () => Renewed;
  readonly hopTo: (role: Resource) => Becoming;
}

const KNOWN = new WeakMap<Way, WaySessions>();
/** Of a ring that is the same value, so that its keys are listed once for whatever comes from it */
const KEYS = new WeakMap<readonly Resource[], readonly string[]>();

/** What becomes of the sessions of one way. It is found where somebody asks: a review asks how long nothing lasts. */
export class WaySessions {
  private constructor(
    private readonly begun: Begun,
    private readonly last: Resource,
  ) {}

  /** @param last role that the way ends with */
  public static note(way: Way, begun: Begun, last: Resource): void {
    KNOWN.set(way, new WaySessions(begun, last));
  }

  /** Undefined where nobody follows the way */
  public static of(way: Way): WaySessions | undefined {
    return KNOWN.get(way);
  }

  /** Key of the role that the way begins with */
  public get start(): string {
    return this.begun.hopTo(this.begun.role).role;
  }

  /** Undefined where the sessions end */
  public get renewal(): WayRenewal | undefined {
    const { renewed, hopTo } = this.begun;
    const found = renewed().renewals.get(this.last);
    if (found === undefined) return undefined;
    const { ring, isRing, unknown } = found;
    const keys = KEYS.get(ring) ?? ring.map((one) => hopTo(one).role);
    KEYS.set(ring, keys);
    return { ring: keys, isRing, unknown };
  }

  /** The longest way to the role that it ends with, over certain edges and over any. None where its sessions do not end */
  public get longest(): readonly Longest[] {
    const { way, renewed } = this.begun;
    const { certain, any } = renewed().longest;
    return [certain, any].flatMap((all) => {
      const found = all.get(this.last);
      return found === undefined ? [] : { ...found, roles: way.becomes.length + found.roles };
    });
  }

  /** Undefined where it does not come back, or has nothing to rid itself of */
  public get back(): WayBack | undefined {
    const { way, role, isLimited, renewed, hopTo } = this.begun;
    const back = isLimited ? renewed().back : undefined;
    if (back === undefined) return undefined;
    return {
      becomes: [...way.becomes, ...[...between(back), role].map(hopTo)],
      unknown: back.unknown ?? way.unknown,
    };
  }
}
