import fc from "fast-check";
import {
  type AgentDeclaration,
  awsSessionTtl,
  fixedClock,
  Fleet,
  registryJson,
  registryOf,
  TrustDomain,
} from "../../../domain";
import { misstatements, type DeclarationFacts, declarationFacts } from "../../../review/judgement/registry-facts";
import { readRegistry } from "../../../review/reach/declared/read-registries";
import type { Registry } from "../../../review/reach/declared/registry";
import { built, DELEGATES, gain, OWN_DOMAINS } from "../../domain/arbitrary";
import { depth } from "../../support/depth";
import { derivedFrom } from "../../support/derived";

const registryWith = (agent: AgentDeclaration): Registry => {
  const document = registryOf(
    Fleet.of(...[agent, ...Object.values(DELEGATES)].map((declaration) => ({ declaration }))),
    {
      trustDomain: TrustDomain.of("prod.acme.example", "test"),
      clock: fixedClock("2026-11-24"),
      domains: OWN_DOMAINS,
      trust: { issuers: [], starters: [] },
    },
  );
  return readRegistry(JSON.parse(registryJson(document))).registry as Registry;
};

const readsUntrusted = ({ tasks }: AgentDeclaration): boolean =>
  [...tasks.values()].some(
    ({ data, tools }) =>
      data.some((access) => access.taints) ||
      tools.some(({ tool, actions }) => actions.some((action) => tool.answersUntrusted(action))),
  );

test("a registry that is read gives the risk, horizon and credential that synth wrote, as the declarations have it", () => {
  let seen = 0;
  fc.assert(
    fc.property(gain, ({ after }) => {
      const agent = built(after);
      fc.pre(agent !== undefined);
      const declared = agent as AgentDeclaration;
      const registry = registryWith(declared);
      const derived = declarationFacts(registry, declared.name) as DeclarationFacts;
      const { risk, horizon } = derivedFrom(declared, OWN_DOMAINS);
      const reasons = risk.reasons.map(({ because }) => because);
      expect(derived).toEqual({
        risk: { tier: risk.tier, score: risk.score, reasons },
        horizon,
        longestCredentialSeconds: declared.hasAwsData ? awsSessionTtl(declared).seconds : 300,
      });
      expect(reasons.includes("reads untrusted output")).toBe(readsUntrusted(declared));
      expect(misstatements(registry, declared.name, derived)).toEqual([]);
      seen++;
    }),
    { numRuns: depth(200) },
  );
  expect(seen).toBeGreaterThan(depth(50, 5));
});

describe("a handwritten registry", () => {
  const sketch = fc.sample(gain, { numRuns: depth(50), seed: 1 }).map(({ before }) => built(before));
  const registry = registryWith(sketch.find((one) => one !== undefined) as AgentDeclaration);
  const name = Object.keys(registry.agents)[0] as string;
  const agent = registry.agents[name] as Registry["agents"][string];
  const task = Object.values(agent.tasks)[0] as Registry["agents"][string]["tasks"][string];
  const edge = { depth: 1, actions: "any", data: "any", sensitivity: "public", ttlSeconds: 60 } as never;

  test("that names tools, data and delegates which it does not hold gives what is left", () => {
    const odd = {
      ...task,
      tools: { constructor: ["call"], gone: ["call"] },
      data: { toString: ["read" as const], gone: ["read" as const] },
      delegates: { "hasOwnProperty.go": edge, "gone.go": edge },
    };
    const derived = declarationFacts({ ...registry, agents: { [name]: { ...agent, tasks: { go: odd } } } }, name);
    expect(derived?.risk.reasons).not.toContain("reads untrusted output");
    expect(derived?.horizon?.map(({ path }) => path)).toEqual(["requests", "tools"]);
  });

  test("that has no such agent says nothing of it", () => {
    expect(declarationFacts(registry, "constructor")).toBeUndefined();
    expect(declarationFacts(registry, "gone")).toBeUndefined();
  });

  test("in which work goes round in circles ends all the same", () => {
    const agents = { one: "two", two: "three", three: "one" };
    const circle = Object.fromEntries(
      Object.entries(agents).map(([from, to]) => [
        from,
        { ...agent, tasks: { go: { ...task, tools: { x: ["y"] }, delegates: { [`${to}.go`]: edge } } } },
      ]),
    );
    const derived = declarationFacts({ ...registry, agents: circle }, "one");
    expect(derived?.horizon?.map(({ path }) => path)).toEqual([
      "requests",
      "three requests",
      "three tools",
      "tools",
      "two requests",
      "two tools",
    ]);
  });

  test("in which more agents take work than are followed leaves the horizon unknown, and says so", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 1_500 }, (_, at) => [
        `a${at}`,
        { ...agent, tasks: { go: { ...task, delegates: { [`a${at + 1}.go`]: edge } } } },
      ]),
    );
    const long = { ...registry, agents: chain };
    const derived = declarationFacts(long, "a0") as DeclarationFacts;
    expect(derived.horizon).toBeUndefined();
    expect(misstatements(long, "a0", derived).map(({ why }) => why)).toContain(
      "more agents take its work than are followed: hand work to fewer of them",
    );
  });
});
