import type { RegistryDataset, RegistryDocument, RegistryTask } from "../../domain";
import {
  type Condition,
  type DataAccessKind,
  dataStatements,
  type DataTarget,
  principalTag,
  type Statement,
  valuesOf,
} from "../../iam";
import { SESSION_TAG } from "../../domain/session-tags";
import { oncePer } from "./private/once-per";
import { matches } from "./grants";

/** What the declaration of an agent opens of one dataset */
export interface DeclaredData {
  readonly dataset: Omit<RegistryDataset, "sensitivity" | "untrusted">;
  readonly kinds: readonly DataAccessKind[];
}

/** The role of an agent, and all data that its tasks declare */
export interface DeclaredRole {
  readonly agent: string;
  readonly partition: string;
  readonly account: string;
  /** Of data whose key does not name it; undefined where the platform is not known, as in a lint */
  readonly region: string | undefined;
  /** The network from which alone data is reached; undefined where it is not known */
  readonly vpc: string | undefined;
  readonly data: readonly DeclaredData[];
}

/** Roles of agents, by their names, which are unique in an account */
export interface DeclaredRoles extends ReadonlyMap<string, DeclaredRole> {
  /** Names of all agents by the subjects of their tokens, in lower case: the SPIFFE ID, and the subject of the service account */
  readonly subjects: ReadonlyMap<string, string>;
}

/** An agent as its tokens name it */
export interface DeclaredSubject {
  readonly agent: string;
  readonly spiffeId: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

export function declaredRolesOf(
  roles: ReadonlyMap<string, DeclaredRole>,
  subjects: readonly DeclaredSubject[],
): DeclaredRoles {
  const named = subjects.flatMap(({ agent, spiffeId, namespace, serviceAccount }) =>
    [spiffeId.toLowerCase(), subjectOf(namespace, serviceAccount)].map((subject) => [subject, agent] as const),
  );
  return Object.assign(new Map(roles), { subjects: new Map(named) });
}

/** Subject of the tokens that Kubernetes gives to a service account */
export function subjectOf(namespace: string, serviceAccount: string): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`.toLowerCase();
}

/** The roles that a registry names. What it lacks of the platform stays unknown. */
export function declaredRolesIn({ agents, datasets }: RegistryDocument): DeclaredRoles {
  const roles = new Map<string, DeclaredRole>();
  for (const [agent, { tasks }] of Object.entries(agents)) {
    for (const task of Object.values(tasks)) {
      const [, partition, account, name] = ROLE.exec(task.aws?.role ?? "") ?? [];
      if (partition === undefined || account === undefined || name === undefined) continue;
      const data = [...(roles.get(name)?.data ?? []), ...dataOf(task, datasets)];
      roles.set(name, { agent, partition, account, region: undefined, vpc: undefined, data });
    }
  }
  return declaredRolesOf(
    roles,
    Object.entries(agents).map(([agent, { spiffeId, workload }]) => ({ agent, spiffeId, ...workload })),
  );
}

const ROLE = /^arn:([^:]*):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

function dataOf({ data }: RegistryTask, datasets: RegistryDocument["datasets"]): readonly DeclaredData[] {
  return Object.entries(data).flatMap(([name, kinds]) => {
    const dataset = datasets[name];
    return dataset === undefined ? [] : [{ dataset, kinds }];
  });
}

/**
 * Whether a statement of a resource's policy allows something that the declarations of the role do not
 *
 * @param isKey in the policy of a key, `*` is this key
 */
export function isBeyondData(statement: Statement, role: DeclaredRole, isKey = false): boolean {
  const declared = allowsOf(role, { region: regionOf(statement, role), isScoped: false });
  return isBeyond(statement, isKey ? declared.map((each) => ({ ...each, Resource: "*" })) : declared);
}

/** The same of a statement of the role's own policy, which asks for the data's account, and for the network where it is known */
export function isBeyondRole(statement: Statement, role: DeclaredRole): boolean {
  return isBeyond(statement, allowsOf(role, { region: regionOf(statement, role), isScoped: true }));
}

function isBeyond(statement: Statement, declared: readonly Statement[]): boolean {
  const { NotAction, NotResource, Action, Resource, Condition = {} } = statement;
  if (NotAction !== undefined || NotResource !== undefined) return true;
  const isWithin = oncePer((each: Statement) => hasTests(Condition, each.Condition));
  const isAllowed = (action: string, resource: string): boolean =>
    declared.some(
      (each) =>
        valuesOf(each.Action).some((known) => known === action || known.toLowerCase() === action.toLowerCase()) &&
        valuesOf(each.Resource).some((pattern) => pattern === resource || matches(pattern, resource)) &&
        isWithin(each),
    );
  const actions = valuesOf(Action);
  // The policy of a repository names no resource: it is about the repository.
  const resources = Resource === undefined ? ["*"] : valuesOf(Resource);
  return actions.length === 0 || !actions.every((action) => resources.every((resource) => isAllowed(action, resource)));
}

/** Whether a condition has all tests of another one */
function hasTests(condition: Condition, wanted: Condition = {}): boolean {
  return Object.entries(wanted).every(([operator, tests]) =>
    Object.entries(tests).every(
      ([key, values]) => String(valuesOf(condition[operator]?.[key])) === String(valuesOf(values)),
    ),
  );
}

function regionOf({ Resource, Condition }: Statement, { region }: DeclaredRole): string {
  if (region !== undefined) return region;
  const written = /[":.]([a-z]{2,}(?:-[a-z]+)+-\d)[:.]/.exec(JSON.stringify([Resource, Condition]))?.[1];
  // Buckets have none in their ARNs.
  return written ?? "us-east-1";
}

interface Allows {
  readonly region: string;
  readonly isScoped: boolean;
}

const allowsIn = oncePer<DeclaredRole, Map<string, readonly Statement[]>>(() => new Map());

/** Each statement of its policies asks. */
function allowsOf(role: DeclaredRole, { region, isScoped }: Allows): readonly Statement[] {
  const known = allowsIn(role);
  const cached = `${region} ${isScoped}`;
  const before = known.get(cached);
  if (before !== undefined) return before;
  const allows = role.data.flatMap(({ dataset, kinds }) => {
    const target = targetOf(dataset, role, region);
    if (target === undefined) return [];
    const vpc = role.vpc === undefined ? {} : { "aws:SourceVpc": role.vpc };
    const scope = { StringEquals: { "aws:ResourceAccount": target.account, ...vpc } };
    try {
      return dataStatements(target, kinds, isScoped ? scope : {});
    } catch {
      // What cannot be granted is not declared.
      return [];
    }
  });
  known.set(cached, allows);
  return allows;
}

function targetOf(
  dataset: DeclaredData["dataset"],
  { agent, partition, account: own, region: platform }: DeclaredRole,
  region: string,
): DataTarget | undefined {
  const { account = own, boundTo, bucket, indexes, key, kind, prefix, secret, table } = dataset;
  const place = { partition, account, region: platform ?? key?.split(":")[3] ?? region, ...(key && { keyArn: key }) };
  if (kind === "bucket" && bucket !== undefined && prefix !== undefined) return { kind, ...place, bucket, prefix };
  if (kind === "secret" && secret !== undefined) return { kind, ...place, secret };
  if (kind !== "table" || table === undefined) return undefined;
  const leading =
    boundTo === undefined ? {} : { leadingKey: boundTo === "agent" ? agent : principalTag(SESSION_TAG[boundTo]) };
  return { kind, ...place, table, ...(indexes && { indexes }), ...leading };
}
