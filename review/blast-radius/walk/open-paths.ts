import type { LongestWay } from "../../reach/aws/chain/closure";
import type { WayBack, WayRenewal } from "../../reach/aws/chain/way-sessions";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import { type AwsPath, isGranted, type Way, assumesNothing } from "../../reach/aws/way";
import { pathText } from "../../reach/aws/words";

/** A path that is open to the holder of credentials, and whether its sessions are renewed without end */
export interface OpenPath {
  readonly path: AwsPath;
  /** In words */
  readonly as: string;
  readonly renewal: WayRenewal | undefined;
  /** The longest ways to its last role, certain ones first */
  readonly longest: readonly LongestWay[];
}

export function openPaths({ paths }: Pick<AwsPrincipal, "paths">): readonly OpenPath[] {
  return paths.map((path) => heldBy(path, path.way));
}

/**
 * The paths open to an agent whose credentials come from the exchange: its tasks, and roles that AWS gives to its pods; never the role
 * alone, but where a task comes back to its role without a session policy.
 *
 * A session policy limits what policies of resources grant to a role, too. Source: IAM user guide,
 * reference_policies_evaluation-logic, session policies.
 */
export function pathsOfExchange({ paths }: Pick<AwsPrincipal, "paths">): readonly OpenPath[] {
  const own = paths.filter(({ way }) => way.id.start.by !== "role");
  const alone = paths.filter(({ way }) => way.id.start.by === "role");
  const granted = alone.filter((path) => assumesNothing(path.way.id) && isGranted(path));
  const sessions = own
    .filter(({ way }) => assumesNothing(way.id))
    .map((path) => ({ ...path, layers: path.layers.filter((layer) => layer.name === "session") }));
  const inSessions = granted.flatMap((path) =>
    sessions.map((session): OpenPath => {
      const layers = [...path.layers, ...session.layers];
      const limited = { ...path, ifUnread: session.ifUnread || path.ifUnread, layers };
      return { ...heldBy(limited, session.way), as: `${pathText(session)} by ${pathText(path)}` };
    }),
  );
  return [...openPaths({ paths: own }), ...inSessions, ...backs(sessions).flatMap((one) => comeBack(one, alone))];
}

interface Back extends WayBack {
  /** Key of the role that it returns to */
  readonly start: string;
}

/** The best way back to each role: certain before uncertain, then the shortest */
function backs(sessions: readonly AwsPath[]): readonly Back[] {
  const best = new Map<string, Back>();
  for (const way of new Set(sessions.map((path) => path.way))) {
    const { start, back } = way.sessions ?? {};
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

/** Everything that the role opens */
function comeBack(back: Back, alone: readonly AwsPath[]): readonly OpenPath[] {
  return alone
    .filter(({ way }) => way.sessions?.start === back.start)
    .map((path) => heldBy({ ...path, way: behind(back, path.way) }, path.way));
}

function behind({ becomes, unknown: doubt }: WayBack, way: Way): Way {
  const { unknown: _, ...rest } = way;
  const unknown = doubt ?? way.unknown;
  return { ...rest, becomes: () => [...becomes, ...way.becomes()], ...(unknown !== undefined && { unknown }) };
}

/** By task of an agent */
export function taskRenewals({ paths }: Pick<AwsPrincipal, "paths">): ReadonlyMap<string, WayRenewal> {
  const ways = new Set(paths.map(({ way }) => way));
  return new Map(
    [...ways].flatMap(({ id, sessions }) => {
      if (id.start.by !== "task" || !assumesNothing(id)) return [];
      const renewal = sessions?.renewal;
      return renewal === undefined ? [] : [[id.start.task, renewal] as const];
    }),
  );
}

/** @param way that the sessions belong to */
function heldBy(path: AwsPath, way: Way): OpenPath {
  const { renewal, longest = [] } = way.sessions ?? {};
  return { path, as: pathText(path), renewal, longest };
}
