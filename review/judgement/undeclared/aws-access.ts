import type { Statement } from "../../../iam";
import type { AccessPath } from "../../../iam/access/access";
import { difference } from "../../../iam/access/difference";
import type { Change } from "../../change";
import { requestText } from "../../difference/aws/request-text";
import { type AgentAccess, taskOf } from "../agent-access";
import { declaredStatements } from "../declared-access";
import { isPlainlyWithin } from "../plainly-within";

/**
 * Access to AWS that no declaration of the agent's explains: on the way of a task what that task declares, on every other
 * way what the tasks of that role declare together, which the session policies then narrow.
 */
export function undeclaredAccess(access: AgentAccess): readonly Change[] {
  const { name, principal, placeless } = access;
  const found = new Map<string, Change>();
  for (const path of placeless.length > 0 ? [] : principal.paths) {
    const explained = explainedOn(access, path);
    if (isExplained(path, explained)) continue;
    const known = { name: "declared", layers: [{ name: "declared", statements: sourced(explained) }] };
    const { gained, undecided } = difference({ paths: [known] }, { paths: [path], denies: principal.denies });
    for (const { action, resource, witness, statement } of gained) {
      const what = `${name} may use ${action} on ${resource} (${path.name}), which it does not declare`;
      if (!found.has(what)) found.set(what, change(what, requestText(witness), statement.source));
    }
    for (const { statement, why } of undecided) {
      const what = `${name} may use more of ${statement.source} (${path.name}) than it declares`;
      if (!found.has(what)) found.set(what, change(what, why, statement.source));
    }
  }
  return [...found.values(), ...placeless.map((role) => unplaced(name, role))];
}

/** All layers must allow: it is enough that one of them allows nothing else. */
function isExplained({ layers }: AccessPath, explained: readonly Statement[]): boolean {
  return layers.some(({ statements }) =>
    isPlainlyWithin(
      statements.map(({ statement }) => statement),
      explained,
    ),
  );
}

function explainedOn(access: AgentAccess, path: AccessPath): readonly Statement[] {
  const { tasks } = access;
  const own = taskOf(access, path);
  const ofRole = tasks.filter(({ role }) => path.name.startsWith(`${role} `));
  const explaining = own === undefined ? (ofRole.length === 0 ? tasks : ofRole) : [own];
  return declaredStatements(explaining.flatMap(({ data }) => data));
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
