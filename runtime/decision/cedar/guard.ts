import type { Expr, PolicyJson } from "../../../policies/cedar-wasm";
import type { CedarQuestion } from "./facts";

/** When a policy can be satisfied at all */
export interface Guard {
  /** Facts that it begins by asking for */
  readonly has: readonly string[];
  readonly lacks: readonly string[];
  admits(action: CedarQuestion["action"]["id"], context: CedarQuestion["context"]): boolean;
}

/**
 * The action that a policy names, and the `context has x` and `!(context has x)` with which its first condition begins. Cedar stops
 * at the first of them that is false, without an error: where the guard does not admit, the policy is silent.
 */
export function guardOf({ action, conditions }: PolicyJson): Guard {
  const only = action.op === "==" && "entity" in action ? idOf(action.entity) : undefined;
  const [first] = conditions;
  const begins = first?.kind === "when" ? leading(conjuncts(first.body)) : [];
  const has = begins.filter(({ wanted }) => wanted).map(({ name }) => name);
  const lacks = begins.filter(({ wanted }) => !wanted).map(({ name }) => name);
  return {
    has,
    lacks,
    admits: (asked, context) =>
      (only === undefined || only === asked) &&
      has.every((name) => Object.hasOwn(context, name)) &&
      lacks.every((name) => !Object.hasOwn(context, name)),
  };
}

interface Presence {
  readonly name: string;
  readonly wanted: boolean;
}

/** `a && b && c` from left to right */
function conjuncts(body: Expr): readonly Expr[] {
  if (!("&&" in body)) return [body];
  const { left, right } = (body as { readonly "&&": { readonly left: Expr; readonly right: Expr } })["&&"];
  return [...conjuncts(left), ...conjuncts(right)];
}

function leading(bodies: readonly Expr[]): readonly Presence[] {
  const presences = bodies.map(presenceOf);
  const end = presences.indexOf(undefined);
  return presences.slice(0, end < 0 ? undefined : end) as readonly Presence[];
}

function presenceOf(body: Expr): Presence | undefined {
  if ("!" in body) {
    const inner = presenceOf((body as { readonly "!": { readonly arg: Expr } })["!"].arg);
    return inner === undefined ? undefined : { name: inner.name, wanted: !inner.wanted };
  }
  if (!("has" in body)) return undefined;
  const { left, attr } = (body as { readonly has: { readonly left: Expr; readonly attr: unknown } }).has;
  const ofContext = "Var" in left && left.Var === "context";
  return ofContext && typeof attr === "string" ? { name: attr, wanted: true } : undefined;
}

function idOf(entity: object): string | undefined {
  const { type, id } = ("__entity" in entity ? entity.__entity : entity) as {
    readonly type: string;
    readonly id: string;
  };
  return type === "Ambit::Action" ? id : undefined;
}
