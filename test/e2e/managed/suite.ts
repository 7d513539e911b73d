import { isWithin } from "../../../iam";
import { comparablePairs, managedAccesses } from "../../support/iam/managed-policies";
import type { Suite } from "../harness/suite";

/** Policies that AWS keeps, each with each other that it may be within */
export function managedSuite(suite: Suite): void {
  const wider = suite.check("AWS's policies are compared with one another", [], (_, note) => {
    const accesses = managedAccesses();
    const pairs = comparablePairs(accesses);
    const within = new Map<string, Set<string>>(accesses.map(({ name }) => [name, new Set([name])]));
    for (const [one, other] of pairs) {
      if (isWithin(one.access, other.access)) within.get(one.name)?.add(other.name);
    }
    const found = [...within.values()].reduce((sum, { size }) => sum + size - 1, 0);
    note(`${accesses.length} policies, ${pairs.length} pairs, of which ${found} are within one another`);
    return within;
  });
  suite.check("containment of policies is transitive", [wider], ([within], note) => {
    let chains = 0;
    const broken: string[] = [];
    for (const [low, middles] of within) {
      for (const middle of middles) {
        for (const high of within.get(middle) ?? []) {
          chains += 1;
          if (!middles.has(high)) broken.push(`${low} < ${middle} < ${high}`);
        }
      }
    }
    note(`${chains} chains of three`);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
}
