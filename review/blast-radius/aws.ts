import type { AccessPath } from "../../iam/access/access";
import { difference, type Difference, type Gained } from "../../iam/access/difference";
import { Glob } from "../../iam/sets/glob";
import type { Unknown } from "../change";
import { requestText } from "../difference/aws/request-text";
import type { AwsPrincipal } from "../reach/aws/principals";
import { SESSION_POLICY } from "../reach/aws/role-access";
import { chained } from "./lasting";
import type { Lasting, Reached, ReachedIdentity, Step } from "./reached";
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
    const route = routeOf(path.name);
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
        writes: !isRead(action),
        lasting: chained(lasting, route.length),
        ...unknownOf(path.name, certain ? [] : open),
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
  return { reached, identities: paths.flatMap(({ name: path }) => becomes(routeOf(path))), unknown };
}

/**
 * The pairs that a way allows, and no other. They are named in the words of the first layer: where those of the session
 * policy all are within words of the role, they say more.
 */
function allowedBy(path: AccessPath, denies: AwsPrincipal["denies"]): Difference {
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

/** Ways that whoever is in its pods has: its tasks, and roles that AWS gives to its account */
const HELD = /^(?:task |its pods → )/;
/** Ways of whoever becomes the role otherwise */
const OTHERWISE = / alone(?:, if what cannot be read allows it)?$| → role /;

/**
 * The ways of whoever has the exchange's credentials: never the role alone.
 *
 * A session policy limits what policies of resources grant to a role, too. Source: IAM user guide,
 * reference_policies_evaluation-logic, session policies.
 */
function heldPaths(paths: readonly AccessPath[]): readonly AccessPath[] {
  const held = paths.filter(({ name }) => HELD.test(name));
  const granted = paths.filter(({ name }) => !HELD.test(name) && !OTHERWISE.test(name));
  const sessions = held
    .filter(({ name }) => !name.includes(HOP))
    .map(({ name, layers }) => ({ name, limits: layers.filter((layer) => layer.name === SESSION_POLICY) }));
  return [
    ...held,
    ...granted.flatMap((path) =>
      sessions.map(({ name, limits }) => ({ name: `${name} by ${path.name}`, layers: [...path.layers, ...limits] })),
    ),
  ];
}

const HOP = " → ";

/** A way that leads through other roles names them. */
function routeOf(path: string): readonly Step[] {
  const roles = path.split(HOP).slice(1);
  return roles.map((role, at) => {
    const to = role.replace(/^role /, "").replace(/(?: by policies of resources)?(?:, if .*)?$/, "");
    return {
      how: "role",
      to,
      what: path
        .split(HOP)
        .slice(0, at + 2)
        .join(HOP),
    };
  });
}

function becomes(route: readonly Step[]): readonly ReachedIdentity[] {
  return route.map(({ to }, at) => ({
    name: to,
    kind: "role",
    how: "becomes it",
    hop: at + 1,
    route: route.slice(0, at + 1),
  }));
}

/** A way that is open only if something is that nobody knows says so in its name. */
function unknownOf(path: string, open: readonly string[]): { readonly unknown?: string } {
  const [condition] = /(?<=, )if (?:it may become it|what cannot be read allows it).*$/.exec(path) ?? [];
  const why = [
    ...(condition === undefined ? [] : [`it is reached ${condition}`]),
    ...open.map((one) => `it depends on ${one}`),
  ];
  return why.length === 0 ? {} : { unknown: why.join(", and ") };
}

/** By the names that AWS gives to actions */
const READS = /:(?:Get|List|Describe|BatchGet|Query|Scan|Select|Head|Decrypt|Search|Lookup|View)/i;

function isRead(action: string): boolean {
  return READS.test(action);
}
