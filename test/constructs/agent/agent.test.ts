import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { Agent, Dataset, fixedClock, Tool } from "../../../constructs";
import { sessionPolicy } from "../../../constructs/access/session-policy";
import { AgentDeclaration } from "../../../domain";
import { define, pages, password, specWith } from "../../support/agents";
import { testApp } from "../../support/app";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const withData = (startedBy: "user" | "schedule" = "user") => ({
  tasks: { read: { startedBy, data: [pages.read()] } },
});

test("the smallest agent is a service account, its entries in the record and a network policy", () => {
  const stack = newStack();
  new Agent(stack, "small", specWith());
  expect(Template.of(stack).addresses).toEqual([
    "kubernetes_config_map_v1_data.small_Identity_Record_0D1118F0",
    "kubernetes_network_policy_v1.small_NetworkPolicy_BD97136D",
    "kubernetes_service_account_v1.small_Identity_7E8E6E52",
  ]);
});

test("the service account mounts no token and carries the agent's labels", () => {
  const stack = newStack();
  new Agent(stack, "small", specWith());
  expect(Template.of(stack).only(ServiceAccountV1)).toEqual({
    automount_service_account_token: false,
    metadata: {
      name: "small",
      namespace: "apps",
      labels: { "ambit.internal/agent": "small", "ambit.internal/managed": "true", "ambit.internal/state": "active" },
    },
  });
});

test("a defined class is a construct with the declaration's name and place in the tree", () => {
  const Reader = define("reader", withData());
  const stack = newStack();
  const agent = new Reader(stack);
  expect(agent.node.path).toBe("test/reader");
  expect(agent.declaration).toBe(Reader.declaration);
  expect(agent.identity.spiffeId).toBe("spiffe://prod.acme.example/ns/apps/sa/reader");
  expect(agent.roles.map((role) => role.roleArn)).toEqual([
    "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.reader",
  ]);
});

test("a federated agent gets one role per task with AWS data", () => {
  const stack = newStack();
  new Agent(
    stack,
    "fed",
    specWith({
      credentials: { federated: "oidc" },
      tasks: {
        read: { startedBy: "schedule", data: [pages.read()] },
        login: { startedBy: "schedule", data: [password.read()] },
        think: { startedBy: "schedule" },
      },
    }),
  );
  expect(
    Template.of(stack)
      .all(IamRole)
      .map((role) => role.name),
  ).toEqual(["prod.fed.login", "prod.fed.read"]);
});

test("a suspended agent keeps its resources, and a policy of its own denies everything", () => {
  const stack = newStack();
  new Agent(stack, "halted", specWith({ ...withData(), suspended: true }));
  const template = Template.of(stack);
  const policies = template.all(IamRolePolicy);
  expect(policies.map((policy) => policy.name).sort()).toEqual(["ambit-access", "ambit-suspended"]);
  const suspended = policies.find((policy) => policy.name === "ambit-suspended");
  expect(statementsOf(suspended?.policy)).toEqual([{ Sid: "Suspended", Effect: "Deny", Action: "*", Resource: "*" }]);
  expect(template.only(ServiceAccountV1).metadata).toMatchObject({ labels: { "ambit.internal/state": "suspended" } });
});

test("an active agent has no policy that suspends it", () => {
  const stack = newStack();
  new Agent(stack, "going", specWith(withData()));
  expect(Template.of(stack).only(IamRolePolicy).name).toBe("ambit-access");
});

test("an expired agent synthesizes as suspended and says so", () => {
  const stack = newStack(platformWith({ clock: fixedClock("2027-06-30") }));
  const agent = new Agent(stack, "old", specWith(withData()));
  expect(agent.node.metadata.map(({ type, data }) => [type, data])).toEqual([
    [
      "@cdktf/warn",
      'agent "old" expired on 2027-06-30 and is suspended: extend expires after a review, or remove the agent',
    ],
  ]);
  const template = Template.of(stack);
  expect(template.all(IamRolePolicy)).toHaveLength(2);
  expect(template.only(ServiceAccountV1).metadata).toMatchObject({ labels: { "ambit.internal/state": "suspended" } });
});

test("on the day before it expires an agent is active", () => {
  const stack = newStack(platformWith({ clock: fixedClock("2027-06-29") }));
  const agent = new Agent(stack, "old", specWith(withData()));
  expect(agent.node.metadata).toEqual([]);
  expect(Template.of(stack).all(IamRolePolicy)).toHaveLength(1);
});

test("fails when a task has more data than fits a session policy, and says which task to split", () => {
  const many = Array.from({ length: 23 }, (_, index) =>
    Dataset.table(`table-${index}`, { table: `some-rather-long-table-name-${index}`, sensitivity: "internal" }),
  );
  const spec = specWith({ tasks: { hoard: { startedBy: "user", data: many.map((table) => table.readWrite()) } } });
  expect(() => new Agent(newStack(), "hoarder", spec)).toThrow(
    'agent "hoarder" task "hoard": session policy must be at most 1900 characters, got 2058: ' +
      "split the task, so that each has less data",
  );
});

test("fails when all tasks together have more than fits a role", () => {
  const tasks = Object.fromEntries(
    Array.from({ length: 30 }, (_, task) => [
      `task-${task}`,
      {
        startedBy: "user" as const,
        data: Array.from({ length: 3 }, (_, table) =>
          Dataset.bucket(`data-${task}-${table}`, {
            bucket: `acme-a-long-bucket-name-${task}-${table}`,
            prefix: "a-prefix/",
            key: `arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-${String(task * 10 + table).padStart(12, "0")}`,
            sensitivity: "internal",
          }).read(),
        ),
      },
    ]),
  );
  expect(() => new Agent(newStack(), "hoarder", specWith({ tasks }))).toThrow(
    /^agent "hoarder": access of all tasks must be at most \d+ characters, got \d+: move tasks to another agent, so that each has less data$/,
  );
});

test("fails when an agent stands outside an Ambit stack", () => {
  expect(() => new Agent(testApp() as never, "small", specWith())).toThrow(
    "[small]: no platform is known here: put it below a stack that extends AmbitStack",
  );
});

test("a task without AWS data has no session policy", () => {
  const agent = new AgentDeclaration("small", specWith());
  expect(sessionPolicy(agent, agent.tasks.get("look") as never, platformWith())).toBeUndefined();
});

test("misspelt names do not compile", () => {
  const tool = Tool.http("typed", {
    url: "https://typed.acme.example",
    clearance: "public",
    actions: { read: { method: "GET", path: "/" } },
  });
  const Typed = define("typed");
  const misspelt = [
    // @ts-expect-error the tool has no such action
    () => tool.allow("raed"),
    // @ts-expect-error no such task; the class knows its tasks
    () => Agent.define("other", { ...specWith(), tasks: { look: { startedBy: "delegation" } } }).task("loook"),
    // @ts-expect-error the year comes first
    () => define("dated", { expires: "30.06.2027" }),
    // @ts-expect-error no such property
    () => Agent.define("worded", { ...specWith(), puprose: "x" }),
    // @ts-expect-error no such start
    () => define("begun", { tasks: { look: { startedBy: "cron" } } }),
  ];
  expect(misspelt).toHaveLength(5);
  expect(Typed.declaration.name).toBe("typed");
});
