import { AgentDeclaration, Delegation, type AgentSpec, type TaskSpec } from "../../domain";
import { agentOf, bucket, external, httpTool, taskOf } from "../support/domain";

test("fails when a delegate's answer brings back more than a tool of the delegator may get", () => {
  const reader = agentOf(
    { tasks: { get: { startedBy: "delegation", data: [external("letters", "restricted").read()] } } },
    "reader",
  );
  const board = httpTool("board", { clearance: "public" });
  expect(() => taskOf({ tools: [board.allow("get")], delegates: [Delegation.to(reader, "get")] })).toThrow(
    "letters is restricted, above the clearance of board (public): split the task",
  );
  const narrowed = Delegation.to(reader, "get", { data: [] });
  expect(() => taskOf({ tools: [board.allow("get")], delegates: [narrowed] })).not.toThrow();
});

const federated = (tasks: Readonly<Record<string, TaskSpec>>) =>
  new AgentDeclaration("watcher", {
    owner: "team@acme.example",
    purpose: "Shows one behaviour in a test",
    expires: "2027-06-30",
    workload: { namespace: "apps" },
    credentials: { federated: "oidc" },
    tasks,
  } satisfies AgentSpec);

test("fails when a federated agent reads in one task and writes lower in another", () => {
  const read = { startedBy: "schedule", data: [bucket("logs", "internal").read()] } as const;
  const write = { startedBy: "schedule", data: [bucket("site", "public").write()] } as const;
  expect(() => federated({ read, write })).toThrow(
    'agent "watcher": credentials { federated: "oidc" } make one flow of all tasks: ' +
      "it reads logs (internal) and writes site (public), which is lower: split it into two tasks, in another agent",
  );
  expect(() => federated({ read })).not.toThrow();
  expect(() => federated({ write })).not.toThrow();
});
