import { AgentDeclaration, Dataset, Delegation, type AgentSpec, type TaskSpec } from "../../domain";
import { agentOf, bucket, external, fails, httpTool, taskOf } from "../support/domain";
import { sketched } from "../support/sketched-fleet";

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

test("fails when an agent with a shared memory reads in one task and writes lower in another", () => {
  const tasks = {
    read: { startedBy: "user", data: [bucket("logs", "internal").read()] },
    write: { startedBy: "user", data: [bucket("site", "public").write()] },
  } as const;
  expect(() => agentOf({ memory: "shared", tasks })).toThrow(
    'agent "triage": memory "shared" makes one flow of all tasks: it reads logs (internal) and writes site (public), ' +
      "which is lower: split it into two tasks, in another agent",
  );
  expect(() => agentOf({ memory: "per-user", tasks })).not.toThrow();
});

test("fails when a shared memory would close an edge for good", () => {
  const board = httpTool("board", { clearance: "public" });
  const shower = agentOf({ tasks: { show: { startedBy: "delegation", tools: [board.allow("get")] } } }, "shower");
  const tasks = {
    read: { startedBy: "user", data: [bucket("logs", "internal").read()] },
    tell: { startedBy: "user", delegates: [Delegation.to(shower, "show")] },
  } as const;
  expect(() => agentOf({ memory: "shared", tasks })).toThrow(
    'agent "triage": memory "shared" would keep task "tell" from ever again handing work on to shower.show (public) ' +
      "once logs (internal) is read: move the edge to an agent that does not read it",
  );
  expect(() => agentOf({ tasks })).not.toThrow();
  const { tell } = tasks;
  expect(() => agentOf({ memory: "shared", tasks: { tell } })).not.toThrow();
});

test("fails when a delegator's reads would lock an agent with shared memory out for all users", () => {
  const fleetOf = (memory: string, read: readonly string[]) => () =>
    sketched({
      clerk: { memory, tasks: { show: { startedBy: ["delegation", "user"], has: ["board.show"] } } },
      lead: {
        tasks: {
          look: { startedBy: ["user"], has: read },
          ask: { startedBy: ["user"], delegates: [{ to: "clerk.show" }] },
        },
      },
    });
  expect(fleetOf("shared", ["notes:read"])).toThrow(
    'agent "clerk": task "show" could never again call board (public) for any user once task "lead.look" has read notes (internal), ' +
      'as memory is "shared": keep users apart and leave memory out, or take the edge to it from agents that read it',
  );
  expect(fleetOf("per-user", ["notes:read"])).not.toThrow();
  expect(fleetOf("shared", [])).not.toThrow();
});

fails(
  "an agent writes trusted data after untrusted output, before any fleet is made of it",
  () =>
    agentOf({
      tasks: { go: { startedBy: "user", tools: [httpTool("web").allow("get")], data: [bucket("kb").write()] } },
    }),
  "flow.tainted-write",
  'agent "triage": triage.go writes kb, which counts as trusted, and may know untrusted output (web.get in triage.go): ' +
    "declare kb with untrusted: true, or what is read with untrustedOutput: false if it is a tool's own output, or put it behind a tool and ask for approval, or write it in an agent that reads nothing untrusted",
);

test("fails when a task writes a table above the clearance of its tools, because a failed condition shows the item", () => {
  const orders = Dataset.table("orders", { table: "orders", sensitivity: "restricted" });
  const board = httpTool("board", { clearance: "public" });
  expect(() => taskOf({ tools: [board.allow("get")], data: [orders.write()] })).toThrow(
    "orders is restricted, above the clearance of board (public): split the task",
  );
});

test.each(["https://h.acme.example.", "https://h.acme.example/%61"])(
  "fails when %s writes an address a second way",
  (url) => {
    expect(() => httpTool("h", { url })).toThrow(
      `tool "h": url must be https, without user, query, fragment, wildcard, percent sign or a trailing dot of its host, got "${url}"`,
    );
  },
);
