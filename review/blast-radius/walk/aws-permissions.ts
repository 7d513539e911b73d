import { difference, type Difference, type Gained } from "../../../iam/access/difference";
import { Glob } from "../../../iam/sets/glob";
import type { Unknown } from "../../change";
import { requestText, wayText } from "../../reach/aws/words";
import type { LongestWay } from "../../reach/aws/chain/closure";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { AwsPath, Way } from "../../reach/aws/way";
import type { Registry } from "../../reach/declared/registry";
import { onlyReads } from "../../reading-actions";
import { countText } from "../../report/text-parts";
import { openPaths, pathsOfExchange } from "./open-paths";
import { chainLifetime, NO_KILL_ENDS, type SessionEnd, sessionLifetimes } from "../lifetimes";
import {
  type Certainty,
  type Lifetime,
  type ReachedThing,
  type ReachedIdentity,
  type Step,
  through,
} from "../blast-radius";
import { sensitivityAt } from "./data-sensitivity";

export interface AwsHolder {
  readonly name: string;
  readonly principal: AwsPrincipal;
  /** Whether its credentials come from the exchange, with the session policy of a task */
  readonly isBrokered: boolean;
  readonly lasting: Lifetime;
}

/** A reached thing, with the pair of the Allow that opens it: code reads the statement, never the words */
export interface AwsRight {
  readonly pair: Pick<Gained, "action" | "resource" | "kinds" | "statement">;
  readonly opens: ReachedThing;
}

export interface AwsPermissions {
  readonly rights: readonly AwsRight[];
  readonly identities: readonly ReachedIdentity[];
  readonly unknown: readonly Unknown[];
}

/** Rights of an identity's credentials: every allowed pair of action and resource, and no other */
export function awsPermissions(
  { name, principal, isBrokered, lasting }: AwsHolder,
  datasets: Registry["datasets"],
): AwsPermissions {
  const ways = isBrokered ? pathsOfExchange(principal) : openPaths(principal);
  const rights: AwsRight[] = [];
  const unknown: Unknown[] = [...principal.unknown];
  for (const { path, as, renewal, longest } of ways) {
    const route = routeOf(path.way);
    const ends =
      path.way.id.start.by === "pods" ? { lasting: NO_KILL_ENDS.podIdentities } : endsOf(lasting, route, longest);
    const way = { by: route.at(-1)?.to ?? name, as, hop: route.length, route };
    const { gained, undecided } = allowedBy(path, principal.denies);
    for (const gain of gained) {
      const { action, resource, witness, certain, unknown: open, statement } = gain;
      const sensitivity = sensitivityAt(gain, datasets);
      const common = {
        kind: "aws",
        target: resource,
        does: action,
        ...way,
        gate: "none",
        bounds: [],
        example: requestText(witness),
        ...(sensitivity !== undefined && { sensitivity }),
        isHigh: false,
        isOutward: false,
        writes: !onlyReads(action),
        source: { address: statement.source },
      } as const;
      const lasts = sessionLifetimes(unknownOf(path, certain ? [] : open), ends, renewal);
      rights.push(...lasts.map((one): AwsRight => ({ pair: gain, opens: { ...common, ...one } })));
    }
    unknown.push(
      ...undecided.map(({ statement, why }) => ({
        what: `what ${statement.source} allows`,
        why,
        source: { address: statement.source },
      })),
    );
  }
  return { rights, identities: ways.flatMap(({ path }) => becoming(path)), unknown };
}

/**
 * Every pair that a way allows, and no other. Pairs are written as in the first layer, or as in the session policy if that
 * is narrower everywhere.
 */
function allowedBy(path: AwsPath, denies: AwsPrincipal["denies"]): Difference {
  const wide = difference({ paths: [] }, { paths: [path], denies });
  const session = path.layers.find(({ name }) => name === "session");
  if (session === undefined) return wide;
  const layers = [session, ...path.layers.filter((layer) => layer !== session)];
  const narrow = difference({ paths: [] }, { paths: [{ ...path, layers }], denies });
  const isNarrower = narrow.gained.every((one) => wide.gained.some((other) => covers(other, one)));
  return isNarrower && narrow.undecided.length === 0 ? narrow : wide;
}

function covers(wide: Gained, narrow: Gained): boolean {
  return (["action", "resource"] as const).every((side) => {
    if (wide[side] === narrow[side] && wide.kinds[side] === narrow.kinds[side]) return true;
    const glob = Glob.of(wide[side], side === "action" ? "action" : "text");
    // The text of a NotAction or NotResource is words, which no pattern matches.
    return glob.isAnything || (narrow.kinds[side] === "pattern" && glob.matches(narrow[side]));
  });
}

/** By the longest way to the last role, which the report may not show: each role adds an hour. */
function endsOf(lasting: Lifetime, route: readonly Step[], longest: readonly LongestWay[]): SessionEnd {
  const certain = longest.filter(({ unknown }) => unknown === undefined).map(({ roles }) => roles);
  const most = Math.max(route.length, ...certain);
  const longer = longest.find(({ roles, unknown }) => unknown !== undefined && roles > most);
  if (longer?.unknown === undefined) return { lasting: chainLifetime(lasting, most) };
  const others = countText(longer.roles - 1, "other", "others");
  const unknown = `whether it becomes ${route.at(-1)?.to} by way of ${others} is not known: ${longer.unknown}`;
  return { lasting: chainLifetime(lasting, most), longer: { lasting: chainLifetime(lasting, longer.roles), unknown } };
}

function routeOf({ becomes }: Way): readonly Step[] {
  return becomes().map(({ role, id }) => ({ how: "role", to: role, what: wayText(id) }));
}

/** Each role in between is the end of its own way. */
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
    : { unknown: `whether it becomes ${becomes().at(-1)?.role} is not known: ${unknown}` };
}

function unknownOf({ way, ifUnread }: AwsPath, open: readonly string[]): Certainty {
  const why = [
    ...(ifUnread ? ["it is open only if what cannot be read allows it"] : []),
    ...open.map((one) => `it depends on ${one}`),
  ];
  return through(unknownBecoming(way).unknown, why.length === 0 ? {} : { unknown: why.join(", and ") });
}
