import { Delegation, startProblem, START_TOKEN_TYPE, TrustDomain, type StartEvidence, type Task } from "../../domain";
import { agentOf } from "../support/domain";
import cases from "../cases/starts.json";

const triage = agentOf({
  clients: ["support-web"],
  tasks: {
    answer: { startedBy: "user" },
    sweep: { startedBy: "schedule" },
    react: { startedBy: "event" },
    look: { startedBy: "delegation" },
    find: { startedBy: "delegation" },
    wander: { startedBy: "agent" },
    either: { startedBy: ["user", "event"] },
  },
});
const front = agentOf(
  { tasks: { ask: { startedBy: "user", delegates: [Delegation.to(triage, "look")] }, idle: { startedBy: "user" } } },
  "front",
);

const request = {
  spiffeId: triage.spiffeId(TrustDomain.of("prod.acme.example", "test")).toString(),
  exchange: "https://exchange.prod.acme.example",
  now: 1000,
  parentTask: (name: string): Task | undefined => {
    const [agent, task] = name.split(".");
    return agent === front.name ? front.tasks.get(task ?? "") : undefined;
  },
};

test.each(cases.map((row) => [row.reason ?? "starts", row.name, row] as const))("%s: %s", (_reason, _name, row) => {
  const task = triage.tasks.get(row.task);
  if (task === undefined) throw new Error(`no task ${row.task}`);
  expect(startProblem(triage, task, row.evidence as unknown as StartEvidence, request) ?? null).toBe(row.reason);
});

test("the table names every reason, and refuses more often than not", () => {
  const reasons = cases.flatMap((row) => row.reason ?? []);
  expect([...new Set(reasons)].sort()).toEqual([
    "delegation-undeclared",
    "evidence-audience",
    "evidence-expired",
    "evidence-from-future",
    "evidence-other-agent",
    "evidence-other-task",
    "evidence-replayed",
    "evidence-starter-unknown",
    "evidence-too-long",
    "evidence-too-old",
    "evidence-type",
    "start-not-declared",
  ]);
  expect(reasons.length).toBeGreaterThan(cases.length / 2);
});

test("the type of start evidence is part of the contract with starters", () => {
  expect(START_TOKEN_TYPE).toBe("ambit-start+jwt");
});
