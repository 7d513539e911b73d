import type { AccessPath } from "../../iam/access/access";
import { difference } from "../../iam/access/difference";
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
    const { gained, undecided } = difference({ paths: [] }, { paths: [path], denies: principal.denies });
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
        ...(!certain && { unknown: `it depends on ${open.join(" and ")}` }),
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

const BY_TASK = /^task /;
const ALONE = / alone(?:, if what cannot be read allows it)?$/;

/**
 * The ways of whoever has the exchange's credentials: never the role alone.
 *
 * A session policy limits what policies of resources grant to a role, too. Source: IAM user guide,
 * reference_policies_evaluation-logic, session policies.
 */
function heldPaths(paths: readonly AccessPath[]): readonly AccessPath[] {
  const byTask = paths.filter(({ name }) => BY_TASK.test(name));
  const others = paths.filter(({ name }) => !BY_TASK.test(name) && !ALONE.test(name));
  const sessions = byTask.map(({ name, layers }) => ({
    name,
    limits: layers.filter((layer) => layer.name === SESSION_POLICY),
  }));
  return [
    ...byTask,
    ...others.flatMap((path) =>
      sessions.map(({ name, limits }) => ({ name: `${name} by ${path.name}`, layers: [...path.layers, ...limits] })),
    ),
  ];
}

const HOP = " → ";

/** A way that leads through other roles names them. */
function routeOf(path: string): readonly Step[] {
  const roles = path.split(HOP).slice(1);
  return roles.map((role, at) => {
    const to = role.replace(/^role /, "");
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

/** By the names that AWS gives to actions */
const READS = /:(?:Get|List|Describe|BatchGet|Query|Scan|Select|Head|Decrypt|Search|Lookup|View)/i;

function isRead(action: string): boolean {
  return READS.test(action);
}
