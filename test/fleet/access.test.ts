import { type AgentDeclaration, type Task } from "../../domain";
import { fleet } from "../../fleet";
import { platform } from "../../fleet/platform";
import { parsePolicy } from "../../iam";
import { declaredGrants, grantedBy } from "../support/declared-access";
import { resourcesOf, synthesize } from "../support/example-app";
import { statementsOf } from "../support/synth";

const { stacks, registry } = synthesize();
const agents = resourcesOf(stacks.agents);
const roles = Object.values(agents.aws_iam_role ?? {});
const policies = Object.values(agents.aws_iam_role_policy ?? {});

/** Where from and in which account: checked by itself below */
const SCOPE = ["aws:SourceVpc", "aws:ResourceAccount"];

interface DeclaredRole {
  readonly name: string;
  readonly agent: AgentDeclaration;
  readonly tasks: readonly Task[];
}

const declared: readonly DeclaredRole[] = [
  ...fleet.agents
    .flatMap((agent) => [...agent.tasks.values()].map((task) => ({ agent, task })))
    .filter(({ task }) => task.awsData.length > 0)
    .reduce((found, { agent, task }) => {
      const name = agent.credentials === "brokered" ? `prod.${agent.name}` : `prod.${agent.name}.${task.name}`;
      const before = found.get(name)?.tasks ?? [];
      return found.set(name, { name, agent, tasks: [...before, task] });
    }, new Map<string, DeclaredRole>())
    .values(),
];

function policyOf(role: string, name: string) {
  const key = Object.entries(agents.aws_iam_role ?? {}).find(([, attributes]) => attributes.name === role)?.[0];
  return policies.find((policy) => policy.role === `\${aws_iam_role.${key}.name}` && policy.name === name);
}

test("the roles are those of the declared AWS data, and no other", () => {
  expect(roles.map((role) => role.name).sort()).toEqual(declared.map(({ name }) => name).sort());
});

test("every policy belongs to one of these roles", () => {
  expect(policies.map((policy) => policy.name)).toEqual(policies.map(() => "ambit-access"));
  expect(policies).toHaveLength(declared.length);
});

describe.each(declared.map((role) => [role.name, role] as const))("role %s", (name, { agent, tasks }) => {
  const statements = statementsOf(policyOf(name, "ambit-access")?.policy);

  test("grants what its tasks declare, and nothing else", () => {
    const expected = [...new Set(tasks.flatMap((task) => declaredGrants(agent, task)))].sort();
    expect(expected.length).toBeGreaterThan(0);
    expect(grantedBy(statements, SCOPE)).toEqual(expected);
  });

  test("grants data only from the platform's network and in the data's own account", () => {
    for (const statement of statements.filter(({ Effect }) => Effect === "Allow")) {
      const actions = [statement.Action].flat() as string[];
      const equals = statement.Condition?.StringEquals ?? {};
      if (actions.some((action) => action.startsWith("kms:"))) {
        expect(Object.keys(equals)).toEqual(["kms:ViaService"]);
      } else {
        expect(equals).toMatchObject({ "aws:SourceVpc": "vpc-0a1b2c3d4e5f60718" });
        expect(["111122223333", "444455556666"]).toContain(equals["aws:ResourceAccount"]);
      }
    }
  });

  test("denies everything after expiry, and to any other source identity", () => {
    const denies = statements.filter(({ Effect }) => Effect === "Deny");
    const expired = {
      Sid: "Expired",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { DateGreaterThanEquals: { "aws:CurrentTime": agent.expires.timestamp } },
    };
    const foreign = {
      Sid: "OtherSourceIdentity",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { StringNotEquals: { "aws:SourceIdentity": agent.name } },
    };
    expect(denies).toEqual(agent.credentials === "brokered" ? [expired, foreign] : [expired]);
  });

  test("carries the boundary", () => {
    const role = roles.find((attributes) => attributes.name === name);
    expect(role?.permissions_boundary).toBe("arn:aws:iam::111122223333:policy/ambit/platform/prod.agent-boundary");
    expect(role?.path).toBe("/ambit/agents/prod/");
  });
});

interface Registry {
  readonly agents: Readonly<
    Record<string, { tasks: Readonly<Record<string, { aws?: { role: string; sessionPolicy?: string } }>> }>
  >;
}

describe("session policies", () => {
  const document = JSON.parse(registry) as Registry;
  const tasks = fleet.agents.flatMap((agent) => [...agent.tasks.values()].map((task) => ({ agent, task })));

  test.each(tasks.map(({ agent, task }) => [`${agent.name}.${task.name}`, agent, task] as const))(
    "of %s grants what the task declares, and nothing else",
    (_, agent, task) => {
      const aws = document.agents[agent.name]?.tasks[task.name]?.aws;
      if (task.awsData.length === 0) {
        expect(aws).toBeUndefined();
        return;
      }
      expect(aws?.role).toBe(platform.agentRoleArn(agent, task));
      if (agent.credentials !== "brokered") {
        expect(aws?.sessionPolicy).toBeUndefined();
        return;
      }
      const text = aws?.sessionPolicy ?? "";
      expect(text.length).toBeLessThanOrEqual(1900);
      expect(grantedBy(parsePolicy(text).statements)).toEqual(declaredGrants(agent, task));
    },
  );
});
