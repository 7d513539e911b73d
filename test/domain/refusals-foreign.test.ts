import { Approval, Budget, type TaskSpec } from "../../domain";
import { agentOf, fails, httpTool, taskOf, untyped } from "../support/domain";

const crm = httpTool("crm");
const tools = [crm.allow("get")];

fails(
  "an agent has an unknown property",
  () => agentOf(untyped({ puprose: "Sorts post" })),
  "property.unknown",
  'agent "triage": has no property "puprose", did you mean "purpose": it takes acknowledgements, clients, concurrency, credentials, expires, isolation, memory, owner, ' +
    "purpose, secondOwner, serves, session, suspended, tasks, workload",
);

test("fails when a task's misspelt control would be dropped", () => {
  const controlled = { startedBy: "user", aproval: Approval.from("leads") } as const;
  expect(() => taskOf({ ...controlled, tools })).toThrow(
    'has no property "aproval", did you mean "approval": it takes approval, budget, data, delegates, enforcement, order, startedBy, tools, ttl',
  );
});

const byHand: readonly [keyof TaskSpec, unknown, string][] = [
  ["approval", { ...Approval.from("leads") }, "Approval.from(…)"],
  ["budget", { ...Budget.perDay(20), limit: -5 }, "Budget.perDay(…) and its like"],
  ["tools", [{ ...crm.allow("get") }], "tool.allow(…)"],
  ["data", [{ dataset: { name: "letters" }, kinds: ["read"] }], "dataset.read() and its like"],
  ["delegates", [{ target: "other.task" }], "Agent.task(…)"],
  ["order", { first: [], then: [], within: "run" }, "Order.of(…)"],
];

test.each(byHand)("fails with value.foreign when %s was made by hand", (property, value, maker) => {
  expect(() => taskOf({ tools, ...({ [property]: value } as object) })).toThrow(
    `${property} holds a value that was made by hand or by another copy of the package: make it with ${maker}`,
  );
});

fails(
  "a bound claim is a Terraform token",
  () => httpTool("h", { actsAs: { service: "reader", bind: { customer: "${aws_x.y.id}" } } }),
  "token",
  'tool "h": actsAs.bind.customer must be a plain string known at synth, got the Terraform token "${aws_x.y.id}": ' +
    "write the string itself",
);
