import { declaredPolicy } from "../../../domain";
import { readRegistry } from "../../../review/reach/declared/read-registries";
import type { Registry } from "../../../review/reach/declared/registry";
import { synthesize } from "../../support/example-app";
import { edited, smallPolicy, smallRegistry } from "../../support/review/declared-fleet";

const { registry, policy } = synthesize();
const read = (text: string): Registry => readRegistry(JSON.parse(text)).registry as Registry;

test("the registry of the example says the same as its policy document", () => {
  const { agents, tools, datasets, trustDomain } = JSON.parse(policy);
  expect(declaredPolicy(read(registry))).toEqual({
    trustDomain,
    agents,
    tools,
    datasets: expect.any(Object),
  });
  expect(datasets).toMatchObject(declaredPolicy(read(registry)).datasets);
});

test("so does the registry of a fleet with budgets, sums, orders, approval, bound rows and edges that narrow", () => {
  const { agents, tools, datasets } = smallPolicy();
  const same = declaredPolicy(read(JSON.stringify(smallRegistry())));
  expect({ agents: same.agents, tools: same.tools }).toEqual({ agents, tools });
  expect(datasets).toMatchObject(same.datasets);
});

test("of an expired agent it is left open whether it is suspended", () => {
  const { agents } = declaredPolicy(
    read(JSON.stringify(edited(smallRegistry(), { "agents/sleeper/state": "expired" }))),
  );
  expect(Object.values(agents).find(({ name }) => name === "sleeper")).not.toHaveProperty("suspended");
});

test("an address that is none leads nowhere", () => {
  const { tools } = declaredPolicy(read(registry.replace("https://llm.acme.example", "nowhere")));
  expect(tools["claude"]?.destination).toBe("");
});

test("a suspended agent is one, an active one is not", () => {
  const { agents } = declaredPolicy(read(registry));
  const suspended = Object.values(agents).filter((agent) => agent.suspended);
  expect(suspended.map(({ name }) => name)).toEqual(["press-writer"]);
});
