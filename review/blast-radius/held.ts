import type { Longest } from "../reach/aws/chain/longest";
import { type WayBack, type WayRenewal, WaySessions } from "../reach/aws/chain/way-sessions";
import type { AwsPrincipal } from "../reach/aws/principal";
import { SESSION_POLICY } from "../reach/aws/role-access";
import type { AwsPath, Way } from "../reach/aws/way";

/** Begins the name of a task's way */
const TASK = "task ";

/** A way of whoever holds credentials, and whether it renews its sessions without end */
export interface Held {
  readonly path: AwsPath;
  readonly renewal: WayRenewal | undefined;
  /** The longest ways to where it leads, what is certain first */
  readonly longest: readonly Longest[];
}

export function held({ paths }: Pick<AwsPrincipal, "paths">): readonly Held[] {
  return paths.map((path) => heldBy(path, path.way));
}

/**
 * The ways of whoever has the exchange's credentials: its tasks, and roles that AWS gives to its pods; never the role
 * alone, but where a task comes back to its role without a session policy.
 *
 * A session policy limits what policies of resources grant to a role, too. Source: IAM user guide,
 * reference_policies_evaluation-logic, session policies.
 */
export function heldByExchange({ paths }: Pick<AwsPrincipal, "paths">): readonly Held[] {
  const own = paths.filter(({ way }) => way.by !== "role");
  const alone = paths.filter(({ way }) => way.by === "role");
  const granted = alone.filter(({ way, isGranted }) => way.becomes.length === 0 && isGranted);
  const sessions = own
    .filter(({ way }) => way.becomes.length === 0)
    .map((path) => ({ ...path, layers: path.layers.filter((layer) => layer.name === SESSION_POLICY) }));
  const inSessions = granted.flatMap((path) =>
    sessions.map(({ name, way, ifUnread, layers }): Held => {
      const limited = { ...path, name: `${name} by ${path.name}`, ifUnread: ifUnread || path.ifUnread };
      return heldBy({ ...limited, layers: [...path.layers, ...layers] }, way);
    }),
  );
  return [...held({ paths: own }), ...inSessions, ...backs(sessions).flatMap((one) => comeBack(one, alone))];
}

interface Back extends WayBack {
  /** Key of the role that it comes back to */
  readonly start: string;
}

/** Of each role, the best way back to it: what is certain, then the shortest */
function backs(sessions: readonly AwsPath[]): readonly Back[] {
  const best = new Map<string, Back>();
  for (const way of new Set(sessions.map((path) => path.way))) {
    const { start, back } = WaySessions.of(way) ?? {};
    if (start === undefined || back === undefined) continue;
    const known = best.get(start);
    if (known === undefined || isBetter(back, known)) best.set(start, { ...back, start });
  }
  return [...best.values()];
}

function isBetter(one: WayBack, other: WayBack): boolean {
  const doubts = Number(one.unknown !== undefined) - Number(other.unknown !== undefined);
  return (doubts || one.becomes.length - other.becomes.length) < 0;
}

/** Everything of the role */
function comeBack(back: Back, alone: readonly AwsPath[]): readonly Held[] {
  return alone
    .filter(({ way }) => WaySessions.of(way)?.start === back.start)
    .map((path) => heldBy({ ...path, way: behind(back, path.way) }, path.way));
}

function behind({ becomes, unknown: doubt }: WayBack, way: Way): Way {
  const { unknown: _, ...rest } = way;
  const unknown = doubt ?? way.unknown;
  const all = [...becomes, ...way.becomes];
  return { ...rest, becomes: all, ...(unknown !== undefined && { unknown }) };
}

/** By task of an agent */
export function taskRenewals({ paths }: Pick<AwsPrincipal, "paths">): ReadonlyMap<string, WayRenewal> {
  const ways = new Set(paths.map(({ way }) => way).filter(({ by, becomes }) => by === "task" && becomes.length === 0));
  return new Map(
    [...ways].flatMap((way) => {
      const renewal = renewalOf(way);
      return renewal === undefined ? [] : [[way.name.slice(TASK.length), renewal] as const];
    }),
  );
}

/** @param way whose sessions they are */
function heldBy(path: AwsPath, way: Way): Held {
  const { renewal, longest = [] } = WaySessions.of(way) ?? {};
  return { path, renewal, longest };
}

function renewalOf(way: Way): WayRenewal | undefined {
  return WaySessions.of(way)?.renewal;
}
