import fc from "fast-check";
import { kubernetesChanges } from "../../../review/difference/kubernetes/cluster-changes";
import type { JsonObject } from "../../../review/read/json";
import { estateOf, type Resources } from "../../support/review/estate-of";
import { depth } from "../../support/depth";

type Expression = { readonly key: string; readonly operator: string; readonly values: readonly string[] };
type Peer =
  | { readonly block: readonly [number, number]; readonly except: readonly (readonly [number, number])[] }
  | { readonly namespaces: readonly Expression[] | undefined; readonly pods: readonly Expression[] | undefined };
type Port = { readonly protocol: string; readonly range: readonly [number, number] | undefined };
type Rule = { readonly peers: readonly Peer[]; readonly ports: readonly Port[] };
type Policy = { readonly selects: readonly Expression[]; readonly isolates: boolean; readonly rules: readonly Rule[] };

/** A destination: an address, counted from 10.0.0.0, or a pod */
type Target =
  | { readonly address: number }
  | { readonly namespace: string; readonly tier: string | undefined; readonly app: string | undefined };

const OWN = "n1";
const TARGETS: readonly Target[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((address) => ({ address })),
  ...[OWN, "n2", "n3"].flatMap((namespace) =>
    [undefined, "a", "b", "other"].flatMap((tier) =>
      [undefined, "a", "b", "other"].map((app) => ({ namespace, tier, app })),
    ),
  ),
];
const DOORS = ["TCP", "UDP", "SCTP"].flatMap((protocol) => [1, 2, 3, 4].map((port) => ({ protocol, port })));

const takes = (expressions: readonly Expression[], labels: Readonly<Record<string, string | undefined>>): boolean =>
  expressions.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const isListed = value !== undefined && values.includes(value);
    return operator === "In" ? isListed : !isListed;
  });

const isIn = (address: number, [from, bits]: readonly [number, number]): boolean => address >> bits === from >> bits;

const fits = (peer: Peer, target: Target): boolean => {
  if ("block" in peer) {
    return (
      "address" in target && isIn(target.address, peer.block) && !peer.except.some((hole) => isIn(target.address, hole))
    );
  }
  if ("address" in target) return false;
  const isPlace =
    peer.namespaces === undefined
      ? target.namespace === OWN
      : takes(peer.namespaces, { tier: target.tier, "kubernetes.io/metadata.name": target.namespace });
  return isPlace && takes(peer.pods ?? [], { app: target.app });
};

const allows = (
  policies: readonly Policy[],
  target: Target,
  door: { readonly protocol: string; readonly port: number },
): boolean => {
  const isolating = policies.filter(({ selects, isolates }) => isolates && takes(selects, { app: "own" }));
  if (isolating.length === 0) return true;
  return isolating.some(({ rules }) =>
    rules.some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((peer) => fits(peer, target))) &&
        (ports.length === 0 ||
          ports.some(
            ({ protocol, range }) =>
              protocol === door.protocol && (range === undefined || (range[0] <= door.port && door.port <= range[1])),
          )),
    ),
  );
};

const gainsByForce = (base: readonly Policy[], head: readonly Policy[]): boolean =>
  TARGETS.some((target) => DOORS.some((door) => allows(head, target, door) && !allows(base, target, door)));

const expression = (key: string, values: readonly string[]): fc.Arbitrary<Expression> =>
  fc.record({
    key: fc.constant(key),
    operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
  });
const block = fc.constantFrom<readonly [number, number]>([0, 3], [0, 2], [4, 2], [2, 1], [6, 0], [0, 0]);
const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({ block, except: fc.array(block, { maxLength: 1 }) }),
  fc.record({
    namespaces: fc.option(
      fc.array(fc.oneof(expression("tier", ["a", "b"]), expression("kubernetes.io/metadata.name", [OWN, "n2"])), {
        maxLength: 1,
      }),
      { nil: undefined },
    ),
    pods: fc.array(expression("app", ["a", "b"]), { maxLength: 1 }),
  }),
);
const port: fc.Arbitrary<Port> = fc.record({
  protocol: fc.constantFrom("TCP", "UDP"),
  range: fc.constantFrom<readonly [number, number] | undefined>([1, 1], [2, 2], [1, 3], undefined),
});
const policies: fc.Arbitrary<readonly Policy[]> = fc.array(
  fc.record({
    selects: fc.array(expression("app", ["own", "a"]), { maxLength: 1 }),
    isolates: fc.boolean(),
    rules: fc.array(fc.record({ peers: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }), {
      maxLength: 2,
    }),
  }),
  { maxLength: 3 },
);

const cidr = ([from, bits]: readonly [number, number]): string => `10.0.0.${from}/${32 - bits}`;
const selector = (expressions: readonly Expression[]): JsonObject => ({ match_expressions: expressions as never });

const POD: Resources = {
  "kubernetes_pod_v1.own": {
    metadata: { name: "own", namespace: OWN, labels: { app: "own" } },
    spec: { container: [{ name: "own", image: "own" }] },
  },
};

function written(all: readonly Policy[]): Resources {
  return Object.fromEntries(
    all.map(({ selects, isolates, rules }, index) => [
      `kubernetes_network_policy_v1.p${index}`,
      {
        metadata: { name: `p${index}`, namespace: OWN },
        spec: {
          pod_selector: selector(selects),
          policy_types: [isolates ? "Egress" : "Ingress"],
          egress: isolates
            ? rules.map(({ peers, ports }) => ({
                to: peers.map((one) =>
                  "block" in one
                    ? { ip_block: { cidr: cidr(one.block), except: one.except.map(cidr) } }
                    : {
                        ...(one.namespaces !== undefined && { namespace_selector: selector(one.namespaces) }),
                        pod_selector: selector(one.pods ?? []),
                      },
                ),
                ports: ports.map(({ protocol, range }) => ({
                  protocol,
                  ...(range !== undefined && { port: range[0], end_port: range[1] }),
                })),
              }))
            : [],
        },
      },
    ]),
  );
}

const changesOf = (base: readonly Policy[], head: readonly Policy[]) =>
  [...kubernetesChanges(estateOf({ ...POD, ...written(base) }), estateOf({ ...POD, ...written(head) })).values()].map(
    ({ gains, losses, unknown }) => ({
      gains: gains.filter(({ kind }) => kind === "destination"),
      losses: losses.filter(({ kind }) => kind === "destination"),
      unknown,
    }),
  );

test("something is gained exactly where some traffic is allowed in head and not in base", () => {
  fc.assert(
    fc.property(policies, policies, (base, head) => {
      const changes = changesOf(base, head);
      expect(changes.some(({ gains }) => gains.length > 0)).toBe(gainsByForce(base, head));
      expect(changes.some(({ losses }) => losses.length > 0)).toBe(gainsByForce(head, base));
      expect(changes.flatMap(({ unknown }) => unknown)).toEqual([]);
    }),
    { numRuns: depth(1000) },
  );
});
