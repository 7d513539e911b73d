import { difference, type Difference, type Gained } from "../../iam/access/difference";
import { Glob } from "../../iam/sets/glob";
import type { Unknown } from "../change";
import { requestText } from "../difference/aws/request-text";
import type { AwsPrincipal } from "../reach/aws/principals";
import { onlyReads } from "../reading-actions";
import { SESSION_POLICY } from "../reach/aws/role-access";
import type { AwsPath, Way } from "../reach/aws/way";
import { chained } from "./lasting";
import { type Certainty, type Lasting, type Reached, type ReachedIdentity, type Step, through } from "./reached";
import { sensitivityAt } from "./touched";
import type { Registry } from "../reach/declared/registry-schema";

export interface AwsHolder {
  readonly name: string;
  readonly principal: AwsPrincipal;
  /** Whether its credentials come from the exchange, with the session policy of a task */
  readonly isBrokered: boolean;
  readonly lasting: Lasting;
}

export interface AwsReached {
  readonly reached: readonly Reached[];
  readonly identities: readonly ReachedIdentity[];
  readonly unknown: readonly Unknown[];
}

/** What credentials give that somebody holds: each pair of action and resource that is allowed, and no other */
export function awsReached(
  { name, principal, isBrokered, lasting }: AwsHolder,
  datasets: Registry["datasets"],
): AwsReached {
  const paths = isBrokered ? heldPaths(principal.paths) : principal.paths;
  const reached: Reached[] = [];
  const unknown: Unknown[] = [...principal.unknown];
  for (const path of paths) {
    const route = routeOf(path.way);
    const ways = { by: route.at(-1)?.to ?? name, as: path.name, hop: route.length, route };
    const { gained, undecided } = allowedBy(path, principal.denies);
    for (const { action, resource, witness, certain, unknown: open, statement } of gained) {
      const sensitivity = sensitivityAt(action, resource, datasets);
      reached.push({
        kind: "aws",
        target: resource,
        does: action,
        ...ways,
        gate: "none",
        bounds: [],
        example: requestText(witness),
        ...(sensitivity !== undefined && { sensitivity }),
        isHigh: false,
        isOutward: false,
        writes: !onlyReads(action),
        lasting: chained(lasting, route.length),
        ...unknownOf(path, certain ? [] : open),
        source: { address: statement.source },
      });
    }
    unknown.push(
      ...undecided.map(({ statement, why }) => ({
        what: `what ${statement.source} allows`,
        why,
        source: { address: statement.source },
      })),
    );
  }
  return { reached, identities: paths.flatMap(becoming), unknown };
}

/**
 * The pairs that a way allows, and no other. They are named in the words of the first layer: where those of the session
 * policy all are within words of the role, they say more.
 */
function allowedBy(path: AwsPath, denies: AwsPrincipal["denies"]): Difference {
  const wide = difference({ paths: [] }, { paths: [path], denies });
  const session = path.layers.find(({ name }) => name === SESSION_POLICY);
  if (session === undefined) return wide;
  const layers = [session, ...path.layers.filter((layer) => layer !== session)];
  const narrow = difference({ paths: [] }, { paths: [{ ...path, layers }], denies });
  const isNarrower = narrow.gained.every((one) => wide.gained.some((other) => covers(other, one)));
  return isNarrower && narrow.undecided.length === 0 ? narrow : wide;
}

function covers(wide: Gained, narrow: Gained): boolean {
  return (
    Glob.of(wide.action, "action").matches(narrow.action) && Glob.of(wide.resource, "text").matches(narrow.resource)
  );
}

/**
 * The ways of whoever has the exchange's credentials: its tasks, and roles that AWS gives to its pods; never the role
 * alone.
 *
 * A session policy limits what policies of resources grant to a role, too. Source: IAM user guide,
 * reference_policies_evaluation-logic, session policies.
 */
function heldPaths(paths: readonly AwsPath[]): readonly AwsPath[] {
  const held = paths.filter(({ way }) => way.by !== "role");
  const granted = paths.filter(({ way, isGranted }) => way.by === "role" && way.becomes.length === 0 && isGranted);
  const sessions = held
    .filter(({ way }) => way.becomes.length === 0)
    .map((path) => ({ ...path, layers: path.layers.filter((layer) => layer.name === SESSION_POLICY) }));
  return [
    ...held,
    ...granted.flatMap((path) =>
      sessions.map(({ name, ifUnread, layers }) => ({
        ...path,
        name: `${name} by ${path.name}`,
        ifUnread: ifUnread || path.ifUnread,
        layers: [...path.layers, ...layers],
      })),
    ),
  ];
}

function routeOf({ becomes }: Way): readonly Step[] {
  return becomes.map(({ role, name }) => ({ how: "role", to: role, what: name }));
}

/** Each role between is the end of a way of its own. */
function becoming({ way }: AwsPath): readonly ReachedIdentity[] {
  const route = routeOf(way);
  const last = route.at(-1);
  if (last === undefined) return [];
  const certainty = unknownBecoming(way);
  return [{ name: last.to, kind: "role", how: "becomes it", hop: route.length, route, ...certainty }];
}

function unknownBecoming({ unknown, becomes }: Way): Certainty {
  return unknown === undefined
    ? {}
    : { unknown: `whether it becomes ${becomes.at(-1)?.role} is not known: ${unknown}` };
}

function unknownOf({ way, ifUnread }: AwsPath, open: readonly string[]): Certainty {
  const why = [
    ...(ifUnread ? ["it is open only if what cannot be read allows it"] : []),
    ...open.map((one) => `it depends on ${one}`),
  ];
  return through(unknownBecoming(way).unknown, why.length === 0 ? {} : { unknown: why.join(", and ") });
}
