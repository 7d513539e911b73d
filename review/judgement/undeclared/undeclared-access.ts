import { type Condition, type Statement, valuesOf } from "../../../iam";
import { difference } from "../../../iam/access/difference";
import type { Change } from "../../change";
import type { AwsPath } from "../../reach/aws/way";
import { pathText, requestText } from "../../reach/aws/words";
import type { Shapes } from "../../difference/aws/alike/shapes";
import { type AgentAccess, taskOf } from "../task-access";
import { type DeclaredData, declaredStatements } from "../declared-data";
import type { FleetState } from "../../reach/fleet-state";

/**
 * AWS access that no declaration explains. The way of a task is explained by that task, every other way by all tasks of
 * its role together, which the session policies then narrow.
 */
export class UndeclaredAccess {
  /** Shapes of ways and of declarations that explain them fully */
  private readonly explained = new Set<string>();

  public constructor(private readonly shapes: Shapes) {}

  public of(access: AgentAccess): readonly Change[] {
    const { name, principal, placeless } = access;
    const found = new Map<string, Change>();
    for (const path of placeless.length > 0 ? [] : principal.paths) {
      const data = explaining(access, path);
      const shape = this.shapeOf(access, path, data);
      if (shape !== undefined && this.explained.has(shape)) continue;
      const changes = unexplained(access, path, declaredStatements(data));
      if (shape !== undefined && changes.length === 0) this.explained.add(shape);
      for (const one of changes) if (!found.has(one.what)) found.set(one.what, one);
    }
    return [...found.values(), ...placeless.map((role) => unplaced(name, role))];
  }

  private shapeOf({ name, principal }: AgentAccess, path: AwsPath, data: readonly DeclaredData[]): string | undefined {
    const parts = [
      this.shapes.ofPath(path, name),
      this.shapes.of(principal.denies, name),
      ...data.flatMap(({ statements }) => statements.map((statement) => this.shapes.ofStatement(statement, name))),
    ];
    return parts.includes(undefined) ? undefined : parts.join();
  }
}

function unexplained(
  { name, principal }: AgentAccess,
  path: AwsPath,
  explained: readonly Statement[],
): readonly Change[] {
  if (isExplained(path, explained)) return [];
  const text = pathText(path);
  const known = { name: "declared", layers: [{ name: "declared", statements: sourced(explained) }] };
  const { gained, undecided } = difference({ paths: [known] }, { paths: [path], denies: principal.denies });
  return [
    ...gained.map(({ action, resource, witness, statement }) => {
      const what = `${name} may use ${action} on ${resource} (${text}), which it does not declare`;
      return change(what, requestText(witness), statement.source);
    }),
    ...undecided.map(({ statement, why }) => {
      const what = `${name} may use more of ${statement.source} (${text}) than it declares`;
      return change(what, why, statement.source);
    }),
  ];
}

/** All layers must allow: one layer that allows nothing else is enough. */
function isExplained({ layers }: AwsPath, explained: readonly Statement[]): boolean {
  return layers.some(({ statements }) =>
    isPlainlyWithin(
      statements.map(({ statement }) => statement),
      explained,
    ),
  );
}

function explaining(access: AgentAccess, path: AwsPath): readonly DeclaredData[] {
  const { tasks } = access;
  const own = taskOf(access, path);
  const { start } = path.way.id;
  const ofRole = start.by === "role" ? tasks.filter(({ role }) => role === start.role) : [];
  const explaining = own === undefined ? (ofRole.length === 0 ? tasks : ofRole) : [own];
  return explaining.flatMap(({ data }) => data);
}

function sourced(statements: readonly Statement[]) {
  return statements.map((statement) => ({ statement, source: "registry" }));
}

function unplaced(name: string, role: string): Change {
  const what = `whether ${name} declares what its role ${role} opens`;
  const why = "account and region of its data are not written: name a role by its ARN, and the region of the provider";
  return change(what, why, `registry/agents.${name}.tasks`);
}

function change(what: string, witness: string, address: string): Change {
  return { kind: "action", what, witness, source: { address } };
}

/** Values known only after apply; policies of both sides may contain variables of the request. */
const OPEN = /\$\{(?!aws:)/;

/**
 * Whether each Allow of `statements` is in `others` too: all its actions on all its resources, under the same
 * conditions or fewer. Then nothing else is allowed. Fast; false proves nothing.
 */
export function isPlainlyWithin(statements: readonly Statement[], others: readonly Statement[]): boolean {
  if (!others.every(isPlain)) return false;
  const allows = statements.filter(({ Effect: effect }) => effect === "Allow");
  if (OPEN.test(JSON.stringify([allows, others]))) return false;
  const known = others.map(plainOf);
  return allows.every((allow) => {
    if (!isPlain(allow)) return false;
    const { actions, resources, tests } = plainOf(allow);
    const weaker = known.filter((other) => [...other.tests].every((test) => tests.has(test)));
    return [...actions].every((action) =>
      [...resources].every((resource) =>
        weaker.some((other) => other.actions.has(action) && other.resources.has(resource)),
      ),
    );
  });
}

interface Plain {
  readonly actions: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  /** Its conditions, each as text */
  readonly tests: ReadonlySet<string>;
}

/** It lists its actions and resources, and names no principal */
function isPlain(statement: Statement): boolean {
  const { Effect: effect, Action: action, Resource: resource } = statement;
  if (effect !== "Allow" || action === undefined || resource === undefined) return false;
  return !("Principal" in statement || "NotPrincipal" in statement);
}

function plainOf({ Action: action = [], Resource: resource = [], Condition: condition }: Statement): Plain {
  return {
    actions: new Set(valuesOf(action)),
    resources: new Set(valuesOf(resource)),
    tests: testsOf(condition),
  };
}

function testsOf(condition: Condition = {}): ReadonlySet<string> {
  return new Set(
    Object.entries(condition).flatMap(([operator, tests]) =>
      Object.entries(tests).map(([key, values]) => JSON.stringify([operator, key, [...valuesOf(values)].sort()])),
    ),
  );
}

const ROLE = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]+)$/;
const SESSION = /^arn:[^:]*:sts::([^:]*):assumed-role\/([^/]+)/;

/** Resource policies that name an agent's role: declarations make none. */
export function undeclaredGrants({ registry, aws }: FleetState): readonly Change[] {
  const agents = new Map<string, string>();
  for (const [name, { tasks }] of Object.entries(registry?.agents ?? {})) {
    for (const { aws: access } of Object.values(tasks)) {
      const key = access && keyOf(access.role);
      if (key !== undefined) agents.set(key, name);
    }
  }
  return aws.resources.flatMap(({ key, statements }) =>
    statements.flatMap(({ statement, source }) =>
      statement.Effect === "Deny"
        ? []
        : named(statement).flatMap((arn): readonly Change[] => {
            const agent = agents.get(keyOf(arn) ?? "");
            if (agent === undefined) return [];
            const what = `the policy of ${key} names a role of ${agent}, and no declaration makes it do so`;
            const [action] = valuesOf(statement.Action ?? "*");
            return [{ kind: "trust", what, witness: `${arn}: ${action ?? "*"}`, source: { address: source } }];
          }),
    ),
  );
}

/** Account and name, which a role and its sessions share */
function keyOf(arn: string): string | undefined {
  const [, account, name] = ROLE.exec(arn) ?? SESSION.exec(arn) ?? [];
  return account === undefined ? undefined : `${account} ${name}`;
}

function named({ Principal: principal, Condition: condition }: Statement): readonly string[] {
  const principals = principal === undefined || principal === "*" ? [] : valuesOf(principal["AWS"] ?? []);
  const tested = Object.values(condition ?? {}).flatMap((tests) =>
    Object.entries(tests).flatMap(([key, values]) =>
      /^aws:(?:principalarn|userid|sourcearn)$/i.test(key) ? valuesOf(values) : [],
    ),
  );
  return [...new Set([...principals, ...tested])];
}
