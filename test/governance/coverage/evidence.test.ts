import fc from "fast-check";
import "../../support/depth";
import type { Coverage, Extent, Level } from "../../../governance/coverage/coverage";
import { LEVELS } from "../../../governance/coverage/coverage";
import { coverageOf } from "../../../governance/coverage/coverage-of";
import { found } from "../../../governance/coverage/found";
import { isForAgents, type Requirement } from "../../../governance/coverage/safeguard";
import { SAFEGUARDS } from "../../../governance/coverage/safeguards";
import { DECLARED, WEAKENED } from "../../support/coverage/broken-evidence";
import { allAddresses, type EditParts, exampleOutput, without } from "../../support/coverage/example-output";

const example = exampleOutput();
const ADDRESSES = allAddresses();
const rules = [] as const;
const covered = (edit?: EditParts): Coverage => coverageOf(exampleOutput(edit), { rules });
const extentOf = ({ safeguards }: Coverage, id: string): Extent | undefined =>
  safeguards.find((safeguard) => safeguard.id === id)?.extent;

/** Those that the example has: it observes nothing */
const UNUSED = ["C22"];
const REQUIREMENTS = SAFEGUARDS.flatMap(({ id, requires }) =>
  requires.map((requirement) => [`${id} ${requirement.what}`, id, requirement] as const),
);

function addressesOf(requirement: Requirement): readonly string[] {
  if (!isForAgents(requirement)) return requirement.find(example);
  return example.agents.flatMap((agent) =>
    requirement.appliesTo?.(agent, example) === false ? [] : requirement.findFor(agent, example),
  );
}

/** Takes all of its evidence away, and nothing else */
function breaking(name: string, requirement: Requirement): EditParts {
  const declared = DECLARED[name];
  if (declared !== undefined) return declared;
  const addresses = addressesOf(requirement);
  const foreign = addresses.filter((address) => !address.includes("/"));
  if (addresses.length === 0 || foreign.length > 0) throw new Error(`${name} needs a row in broken-evidence.ts`);
  return without(addresses);
}

test("each safeguard of the example holds for every agent that it applies to", () => {
  const coverage = covered();
  expect(coverage.safeguards.filter(({ extent }) => extent !== "whole").map(({ id }) => id)).toEqual(UNUSED);
  expect(coverage.safeguards.find(({ id }) => id === "C12")?.holds.size).toBe(9);
});

test.each(REQUIREMENTS)("without %s it is not there for those that need it", (name, id, requirement) => {
  const shown = covered(breaking(name, requirement)).safeguards.find((safeguard) => safeguard.id === id);
  const needing = isForAgents(requirement)
    ? example.agents.filter((agent) => requirement.appliesTo?.(agent, example) !== false).map((agent) => agent.name)
    : [];
  expect(needing.filter((agent) => shown?.holds.has(agent))).toEqual([]);
  // Other agents may hold what has a part that only some need.
  expect(shown?.extent).toBe(needing.length > 0 && (shown?.holds.size ?? 0) > 0 ? "partial" : "absent");
});

test.each(WEAKENED)("%s fails when %s", (id, _, edit, extent) => {
  expect(extentOf(covered(edit), id)).toBe(extent);
});

test("an agent that lacks it is named, with what is missing", () => {
  const [, , edit] = WEAKENED.find(([, what]) => what === "a network policy opens to every address") ?? [];
  const closed = covered(edit).safeguards.find(({ id }) => id === "C12");
  expect([...(closed?.lacks ?? [])]).toEqual([["support-triage", "a network policy of its own that names each place"]]);
  expect(closed?.holds.size).toBe(8);
});

test("agents that run as one service account lack an identity of their own, both", () => {
  const [, , edit] = WEAKENED.find(([, what]) => what === "two agents run as one service account") ?? [];
  const own = covered(edit).safeguards.find(({ id }) => id === "C01");
  expect([...(own?.lacks ?? [])]).toEqual([
    ["researcher", "a service account of its own"],
    ["web-reader", "a service account of its own"],
  ]);
});

test("what applies to no agent is not there", () => {
  const delegation = covered(({ read }) => {
    for (const agent of Object.values(read.agents) as { tasks: Record<string, { delegates: object }> }[]) {
      for (const task of Object.values(agent.tasks)) task.delegates = {};
    }
  });
  expect(extentOf(delegation, "C07")).toBe("absent");
});

const isExchange = (address: string): boolean => /^control\/\w+\.Exchange_(6745BA1E|Config)/.test(address);

test("the function of a starter, which has an issuer too, is no exchange", () => {
  const edit = without(ADDRESSES.filter(isExchange));
  expect(extentOf(covered(edit), "C06")).toBe("absent");
});

test("the exchange may be a function", () => {
  const gateway = ["spiffe://prod.acme.example/ns/ambit-system/sa/ambit-gateway"];
  const config = {
    issuer: "https://exchange.prod.acme.example",
    trustDomain: "prod.acme.example",
    jwtSvid: { jwksUri: "https://oidc.prod.acme.example/keys" },
    store: { dynamodb: { table: "ambit-prod-state", region: "eu-central-1" } },
    registry: { publicKeys: ["-----BEGIN PUBLIC KEY-----"] },
    signingKeys: [{ kms: "alias/ambit/prod/tokens" }],
    services: { introspect: gateway, state: gateway, transaction: gateway, outbound: gateway },
    aws: { region: "eu-central-1" },
  };
  const coverage = covered((parts) => {
    without(ADDRESSES.filter(isExchange))(parts);
    const environment = { variables: { AMBIT_CONFIG_JSON: JSON.stringify(config) } };
    const role = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-exchange";
    parts.stacks["control"].resource.aws_lambda_function = { Exchange: { role, environment } };
  });
  expect(coverage.safeguards.find(({ id }) => id === "C06")).toMatchObject({
    extent: "whole",
    platform: ["control/aws_lambda_function.Exchange", expect.stringMatching(/^foundation\/aws_kms_alias\.TokenKey_/)],
  });
});

const levelOf = ({ standards }: Coverage, control: string): Level | undefined =>
  standards.flatMap(({ entries }) => entries).find((entry) => entry.control === control)?.level;
const COVERED = covered().standards.flatMap(({ entries }) => entries.filter(({ level }) => level !== "yours"));

test("some of each standard is covered in the example, and some is left to the customer", () => {
  expect(COVERED.length).toBeGreaterThan(100);
  const yours = covered().standards.flatMap(({ entries }) => entries.filter(({ level }) => level === "yours"));
  expect(yours.map(({ control }) => control)).toEqual(
    expect.arrayContaining(["maestro/L1", "ai-rmf/MAP 1.5", "sp800-53/AC-1", "iso42001/A.5.4"]),
  );
});

test.each(COVERED.map((entry) => [entry.control, entry] as const))(
  "%s turns uncovered without the evidence of what shows it",
  (control, { by }) => {
    const safeguards = SAFEGUARDS.filter(({ id }) => by.includes(id));
    const broken = safeguards.map(({ id, requires }) => {
      const [first] = requires as readonly [Requirement, ...Requirement[]];
      return breaking(`${id} ${first.what}`, first);
    });
    expect(
      levelOf(
        covered((parts) => broken.forEach((edit) => edit(parts))),
        control,
      ),
    ).toBe("yours");
  },
);

/** What is provided, and what of one agent takes that away; of the platform alone nothing does */
const PROVIDED: Readonly<Record<string, string>> = {
  "sp800-207/2": "a network policy opens to every address",
  "sp800-207/3": "sessions of a role last two hours",
  "sp800-207/4": "a task is missing in the policy document",
  "sp800-207/6": "a role trusts another agent",
  "sp800-207/7": "the platform",
  "ai-rmf/GOVERN 1.6": "an agent has no owner",
  "ai-rmf/MANAGE 2.4": "an agent acts for a day after a stop",
  "owasp-asi/ASI02": "a task is missing in the policy document",
  "owasp-asi/ASI07": "a role trusts another agent",
  "owasp-nhi/NHI4": "a record is another agent's",
  "owasp-nhi/NHI7": "sessions of a role last two hours",
  "owasp-nhi/NHI8": "the platform",
  "owasp-nhi/NHI9": "a record is another agent's",
  "maestro/L4": "a role trusts another agent",
  "maestro/L5": "the platform",
  "requirement/A2": "a role has no boundary",
};

test("each entry that is provided says what takes it away", () => {
  const provided = COVERED.filter(({ level }) => level === "provides").map(({ control }) => control);
  expect(provided).toEqual(Object.keys(PROVIDED));
});

test.each(Object.entries(PROVIDED).filter(([, what]) => what !== "the platform"))(
  "%s is contributed to, and provided no more, if %s",
  (control, what) => {
    const [, , edit] = WEAKENED.find(([, weak]) => weak === what) ?? [];
    expect(edit).toBeDefined();
    expect(levelOf(covered(edit), control)).toBe("contributes");
  },
);

const EXTENTS: readonly Extent[] = ["whole", "partial", "absent"];

test("less resources never cover more", () => {
  const some = fc.uniqueArray(fc.constantFrom(...ADDRESSES), { maxLength: 12 });
  fc.assert(
    fc.property(some, some, (first, more) => {
      const [before, after] = [covered(without(first)), covered(without([...new Set([...first, ...more])]))];
      for (const { id, extent } of before.safeguards) {
        expect(EXTENTS.indexOf(extentOf(after, id) as Extent)).toBeGreaterThanOrEqual(EXTENTS.indexOf(extent));
      }
      for (const { control, level } of before.standards.flatMap(({ entries }) => entries)) {
        expect(LEVELS.indexOf(levelOf(after, control) as Level)).toBeGreaterThanOrEqual(LEVELS.indexOf(level));
      }
    }),
  );
});

test("each safeguard has its own id, and something that shows it", () => {
  const ids = SAFEGUARDS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(SAFEGUARDS.filter(({ requires, claims }) => requires.length === 0 || claims.length === 0)).toEqual([]);
});

test("what a claim needs beside it is a safeguard", () => {
  const ids = SAFEGUARDS.map(({ id }) => id);
  const needed = SAFEGUARDS.flatMap(({ claims }) => claims.flatMap((claim) => claim.with ?? []));
  expect(needed.filter((id) => !ids.includes(id))).toEqual([]);
});

test("a safeguard claims an entry once", () => {
  const twice = SAFEGUARDS.flatMap(({ id, claims }) => {
    const controls = claims.map(({ control }) => control);
    return controls
      .filter((control, index) => controls.indexOf(control) !== index)
      .map((control) => `${id} ${control}`);
  });
  expect(twice).toEqual([]);
});

test("evidence is an address of the output", () => {
  const known = new Set([...ADDRESSES, ...example.agents.flatMap(({ name }) => [`agent.${name}`, `policy.${name}`])]);
  const shown = found(SAFEGUARDS, example).flatMap(({ platform, holds }) => [
    ...platform,
    ...[...holds.values()].flat(),
  ]);
  expect([...new Set(shown)].filter((address) => !known.has(address))).toEqual(["people.operators.on-call"]);
});
