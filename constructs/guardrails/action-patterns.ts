import { type Statement, valuesOf } from "../../iam";
import { oncePer } from "./private/once-per";

/** Whether a statement is about an action, by name, by wildcard or by naming others alone */
export function covers(statement: Statement, action: string): boolean {
  const { Action, NotAction } = statement;
  if (NotAction !== undefined) return !valuesOf(NotAction).some((pattern) => matches(pattern, action));
  if (!isOfService(statement, action.slice(0, action.indexOf(":")).toLowerCase())) return false;
  return valuesOf(Action).some((pattern) => matches(pattern, action));
}

/** Whether a statement may be about actions of a service, such as `iam`: where it says no, it covers none of them */
export function isOfService(statement: Statement, service: string): boolean {
  if (statement.NotAction !== undefined) return true;
  const services = servicesOf(statement);
  return services === "all" || services.has(service);
}

type Services = ReadonlySet<string> | "all";

/** The services that the actions of a statement name. Rules ask for many actions, and most statements name none of their services. */
const servicesOf = oncePer((statement: Statement): Services => {
  const names = valuesOf(statement.Action).map((pattern) => /^([^*?:]*):/.exec(pattern)?.[1]?.toLowerCase());
  return names.includes(undefined) ? "all" : new Set(names as readonly string[]);
});

/** Whether a statement is about all actions of a service, by `*`, by `iam:*`, or by naming others alone */
export function coversAllOf(statement: Statement, service: string): boolean {
  const { Action, NotAction } = statement;
  const whole = new RegExp(`^(?:\\*|${service}):\\*+$|^\\*+$`, "i");
  if (NotAction === undefined) return valuesOf(Action).some((pattern) => whole.test(pattern));
  return !valuesOf(NotAction).some((pattern) => matches(pattern.replace(/:.*/, ""), service));
}

/** Whether IAM's pattern, of an action or an ARN, stands for a text. Case counts for nothing. */
export function matches(pattern: string, text: string): boolean {
  // Lower case has the same length in the names that IAM has.
  if (!/[*?]/.test(pattern)) return pattern.length === text.length && pattern.toLowerCase() === text.toLowerCase();
  const wildcard = pattern.search(/[*?]/);
  // Most patterns begin otherwise, and compiling one costs more than this.
  if (pattern.slice(0, wildcard).toLowerCase() !== text.slice(0, wildcard).toLowerCase()) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "is").test(text);
}

/**
 * Services of which a statement covers one of some actions, which stand by service and without it; `*` where it is about the actions of
 * all services: one finding is enough.
 */
export function servicesCovered(
  statement: Statement,
  actions: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const services = servicesOf(statement);
  const isCovered = (service: string): boolean =>
    actions[service]?.some((name) => covers(statement, `${service}:${name}`)) === true;
  if (statement.NotAction !== undefined || services === "all")
    return Object.keys(actions).some((service) => reaches(statement, service) && isCovered(service))
      ? [ALL_SERVICES]
      : [];
  return [...services].filter(isCovered);
}

/** Whether a resource of the statement may be one of a service, by its ARN */
function reaches({ Resource, NotResource }: Statement, service: string): boolean {
  if (NotResource !== undefined) return true;
  return valuesOf(Resource).some((each) => {
    const named = /^arn:[^:]*:([^:*?$]+):/.exec(each)?.[1];
    return named === undefined || named === service;
  });
}

/** What `servicesCovered` says of a statement about all services */
export const ALL_SERVICES = "*";
