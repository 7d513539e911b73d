import { fixedClock, type RegistryFacts, TrustDomain } from "../../../domain";
import { registryJson, registryOf } from "../../../domain";
import { fleet } from "../../../fleet";
import { facts as platform } from "../../../fleet/platform";
import { declaredChanges } from "../../../review/difference/declared/declared-changes";
import { linesOf } from "../../support/review/change-lines";
import type { EditableRegistry } from "../../support/review/declared-fleet";
import { OTHER_TASK, wideningsOf } from "../../support/review/widenings";

const facts: RegistryFacts = {
  trustDomain: TrustDomain.of(platform.trustDomain, "test"),
  clock: fixedClock("2026-12-01"),
  domains: platform.domains ?? [],
  trust: {
    issuers: [{ issuer: "https://login.example", jwksUri: "https://login.example/keys", algorithms: ["ES256"] }],
    starters: [],
  },
};
const BASE = servingLittle(JSON.parse(registryJson(registryOf(fleet, facts))) as EditableRegistry);
const ALL = wideningsOf(fleet, BASE);

/** The same fleet, whose ways in are so narrow that each of their keys may be widened */
function servingLittle(registry: EditableRegistry): EditableRegistry {
  for (const agent of Object.values(registry.agents)) {
    if (agent["serves"] === undefined) continue;
    const [task] = Object.values(agent.tasks);
    agent.tasks[OTHER_TASK] = { ...task, tools: {}, data: {}, delegates: {} };
    agent["concurrency"] = "one-user";
    for (const way of Object.values(agent["serves"] as Record<string, object>)) {
      Object.assign(way, { sensitivity: "confidential", clearance: "internal", untrusted: true });
    }
  }
  return registry;
}

test("there are hundreds of steps to take, of every kind", () => {
  const counts = [...ALL].map(([kind, widenings]) => [kind, widenings.length] as const);
  expect(counts.filter(([, count]) => count < 4)).toEqual([]);
  expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(300);
});

test.each([...ALL])("each step is a gain of exactly the agents that reach it: %s", (_, widenings) => {
  const wrong = widenings.flatMap(({ name, apply, gain, ordered }) => {
    const head = structuredClone(BASE);
    apply(head);
    const changes = declaredChanges(BASE, head);
    const gained = Object.keys(linesOf(changes, "gains")).sort();
    const lost = Object.keys(linesOf(changes, "losses"));
    const right = String(gained) === String([...gain].sort()) && (!ordered || lost.length === 0);
    return right ? [] : [{ name, gained, lost, gain }];
  });
  expect(wrong).toEqual([]);
});

test.each([...ALL])("a step back is no gain: %s", (_, widenings) => {
  const wrong = widenings
    .filter(({ ordered }, index) => ordered && index % 3 === 0)
    .flatMap(({ name, apply }) => {
      const base = structuredClone(BASE);
      apply(base);
      const gained = linesOf(declaredChanges(base, BASE), "gains");
      return Object.keys(gained).length === 0 ? [] : [{ name, gained }];
    });
  expect(wrong).toEqual([]);
});
