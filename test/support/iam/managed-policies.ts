import { type Access, parsePolicy, type Statement, valuesOf } from "../../../iam";
import { managedPolicies } from "../../../review/reach/aws/managed/managed-policies";

/** A policy that AWS keeps, alone */
export interface ManagedAccess {
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly access: Access;
}

export function managedAccesses(): readonly ManagedAccess[] {
  return [...managedPolicies().byArn.values()].map(({ name, json }) => {
    const { statements } = parsePolicy(json);
    return { name, statements, access: accessOf(name, statements) };
  });
}

/** One path, with a layer for each of `policies`: all must allow. */
export function accessOf(name: string, ...policies: readonly (readonly Statement[])[]): Access {
  const layers = policies.map((statements) => ({
    name,
    statements: statements.map((statement) => ({ statement, source: name })),
  }));
  return { paths: [{ name, layers }] };
}

/**
 * The ordered pairs of which the first may be within the second: it allows nothing of a service that the second does not
 * name. Of any other pair the answer is plain.
 */
export function comparablePairs(
  accesses: readonly ManagedAccess[],
): readonly (readonly [ManagedAccess, ManagedAccess])[] {
  const services = new Map(accesses.map((one) => [one, servicesOf(one)]));
  return accesses.flatMap((one) =>
    accesses
      .filter((other) => other !== one && isAmong(services.get(one), services.get(other)))
      .map((other) => [one, other] as const),
  );
}

type Services = ReadonlySet<string> | "any" | undefined;

function isAmong(some: Services, others: Services): boolean {
  if (typeof others !== "object") return true;
  return typeof some === "object" && [...some].every((service) => others.has(service));
}

function servicesOf({ statements }: ManagedAccess): Services {
  const allows = statements.filter(({ Effect }) => Effect === "Allow");
  if (allows.some(({ NotAction }) => NotAction !== undefined)) return "any";
  const services = allows.flatMap(({ Action }) => valuesOf(Action).map((action) => action.split(":")[0] ?? ""));
  return services.some((service) => /[*?]/.test(service)) ? "any" : new Set(services.map((one) => one.toLowerCase()));
}
