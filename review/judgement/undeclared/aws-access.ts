import type { Statement } from "../../../iam";
import { difference } from "../../../iam/access/difference";
import type { Change } from "../../change";
import type { AwsPath } from "../../reach/aws/way";
import { pathText } from "../../reach/aws/words";
import type { Shapes } from "../../difference/aws/alike/shapes";
import { requestText } from "../../difference/aws/request-text";
import { type AgentAccess, taskOf } from "../agent-access";
import { type DeclaredData, declaredStatements } from "../declared-access";
import { isPlainlyWithin } from "../plainly-within";

/**
 * Access to AWS that no declaration of the agent's explains: on the way of a task what that task declares, on every other
 * way what the tasks of that role declare together, which the session policies then narrow.
 */
export class UndeclaredAccess {
  /** Shapes of ways and of declarations that explain all of them */
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

/** All layers must allow: it is enough that one of them allows nothing else. */
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
