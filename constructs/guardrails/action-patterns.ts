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
  const { named, unnamed } = servicesOf(statement);
  return unnamed.length > 0 || named.has(service);
}

/** The services that a statement names, and its patterns of actions that name none, such as `*` */
interface Services {
  readonly named: ReadonlySet<string>;
  readonly unnamed: readonly string[];
}

/** Of the actions of a statement. Rules ask for many actions, and most statements name none of their services. */
const servicesOf = oncePer((statement: Statement): Services => {
  const [named, unnamed]: [Set<string>, string[]] = [new Set(), []];
  for (const pattern of valuesOf(statement.Action)) {
    const service = /^([^*?:]*):/.exec(pattern)?.[1]?.toLowerCase();
    if (service === undefined) unnamed.push(pattern);
    else named.add(service);
  }
  return { named, unnamed };
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
    // In a run of both, order counts for nothing; one quantifier for each `?` and `*` of it would take exponential time.
    .replace(/[*?]+/g, (run) => `.{${run.replaceAll("*", "").length},${run.includes("*") ? "" : run.length}}`);
  return new RegExp(`^${source}$`, "is").test(text);
}

/**
 * Services of which a statement covers one of some actions, which stand by service and without it; `*` where it is about the actions of
 * all services: one finding is enough. A pattern that stands for none of them hides no action that is named beside it.
 */
export function servicesCovered(
  statement: Statement,
  actions: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const { named, unnamed } = servicesOf(statement);
  const isCovered = (service: string): boolean =>
    actions[service]?.some((name) => covers(statement, `${service}:${name}`)) === true;
  const isMeant = (service: string): boolean =>
    statement.NotAction !== undefined
      ? isCovered(service)
      : actions[service]?.some((name) => unnamed.some((each) => matches(each, `${service}:${name}`))) === true;
  if (
    (statement.NotAction !== undefined || unnamed.length > 0) &&
    Object.keys(actions).some((service) => reaches(statement, service) && isMeant(service))
  )
    return [ALL_SERVICES];
  return [...named].filter(isCovered);
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
