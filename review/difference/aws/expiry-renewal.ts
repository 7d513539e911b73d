import type { Statement } from "../../../iam";
import type { SourcedStatement } from "../../../iam/access/access";
import type { Change } from "../../change";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import { isObject, member } from "../../read/json";
import { agentsOf, type Estate } from "../../read/resource";

/** An agent's expiry in two states, as the registry has it and policies test it */
export interface Renewal {
  readonly from: string;
  readonly to: string;
}

/** Undefined if it is equal in both, or missing in one */
export function renewalOf(name: string, before: Estate, after: Estate): Renewal | undefined {
  const [from, to] = [expiryOf(name, before), expiryOf(name, after)];
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

function expiryOf(name: string, { registry }: Estate): string | undefined {
  const agent = member(agentsOf(registry), name);
  const expires = isObject(agent) ? member(agent, "expires") : undefined;
  return typeof expires === "string" && !Number.isNaN(Date.parse(expires)) ? expires : undefined;
}

/** The principal with its policies extended to the new expiry */
export function withRenewal(principal: AwsPrincipal, renewal: Renewal): AwsPrincipal {
  const all = (some: readonly SourcedStatement[]): readonly SourcedStatement[] =>
    some.map((one) => later(one, renewal));
  return {
    ...principal,
    paths: principal.paths.map((path) => ({
      ...path,
      layers: path.layers.map((layer) => ({ ...layer, statements: all(layer.statements) })),
    })),
    denies: all(principal.denies),
    roles: principal.roles.map((role) => ({ ...role, trust: all(role.trust) })),
  };
}

function later(one: SourcedStatement, { from, to }: Renewal): SourcedStatement {
  const { Condition: condition } = one.statement;
  if (condition === undefined || !JSON.stringify(condition).includes(from)) return one;
  const moved = Object.fromEntries(
    Object.entries(condition).map(([operator, tests]) => [
      operator,
      operator.startsWith("Date") ? dated(tests) : tests,
    ]),
  );
  const statement: Statement = { ...one.statement, Condition: moved };
  return { ...one, statement };

  function dated(tests: Readonly<Record<string, unknown>>) {
    return JSON.parse(JSON.stringify(tests).replaceAll(JSON.stringify(from), JSON.stringify(to))) as never;
  }
}

/** Marks gains that would not exist with the new expiry in base */
export function followsFromRenewal(gains: readonly Change[], others: readonly Change[]): readonly Change[] {
  const left = new Set(others.map(({ kind, what }) => `${kind} ${what}`));
  return gains.map((gain) =>
    left.has(`${gain.kind} ${gain.what}`) ? gain : { ...gain, showing: { ...gain.showing, fold: "renewed" } },
  );
}
