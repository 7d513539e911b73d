import { type Statement, valuesOf } from "../../../iam";
import type { Change } from "../../change";
import type { FleetState } from "../../reach/fleet-state";

const ROLE = /^arn:[^:]*:iam::([^:]*):role\/(?:.*\/)?([^/]+)$/;
const SESSION = /^arn:[^:]*:sts::([^:]*):assumed-role\/([^/]+)/;

/** Policies of resources that let in the role of an agent by name: declarations make none. */
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

/** Account and name, by which a role and its sessions are the same */
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
