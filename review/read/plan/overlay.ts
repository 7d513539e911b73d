import type { DeclaredResource, Stack } from "../configuration/stack";
import { affordable, Budget } from "../expression/budget";
import { Unknown, type Value } from "../expression/value";
import { type Json, member } from "../json";
import type { Unread } from "../resource";
import type { Resolver } from "../reference/resolver";
import { agrees } from "./agreement";
import { configuredAddress, type Plan } from "./plan";

/** The plans beside the configuration, by stack: they fill in what it leaves open, and never say otherwise. */
export class Overlay {
  constructor(private readonly plans: ReadonlyMap<string, Plan>) {}

  public planned({ stack, mode, type, name, repeats }: DeclaredResource, attribute: string): Json | undefined {
    if (repeats !== undefined) return undefined;
    const values = this.plans.get(stack.name)?.resources.get(addressOf(mode, type, name))?.values;
    return values === undefined ? undefined : (member(values, attribute) ?? undefined);
  }

  public plannedVariable(stack: Stack, name: string): Json | undefined {
    return this.plans.get(stack.name)?.variables.get(name);
  }

  /** Where a plan and its configuration tell different things */
  public differences(stacks: ReadonlyMap<string, Stack>, resolver: Resolver): readonly Unread[] {
    return [...this.plans].flatMap(([name, plan]) => {
      const stack = stacks.get(name);
      return stack === undefined ? [] : [...flawOf(stack, plan), ...differencesIn(stack, plan, resolver)];
    });
  }
}

function addressOf(mode: "managed" | "data", type: string, name: string): string {
  return mode === "data" ? `data.${type}.${name}` : `${type}.${name}`;
}

function flawOf(stack: Stack, { file, flaw }: Plan): readonly Unread[] {
  return flaw === undefined ? [] : [{ place: { file, address: stack.name }, why: `${flaw}: plan again` }];
}

function differencesIn(stack: Stack, plan: Plan, resolver: Resolver): readonly Unread[] {
  const { file } = plan;
  const found: Unread[] = [];
  const planned = new Set<string>();
  const report = (address: string, why: string, attribute?: string): void => {
    const place = { file, address: `${stack.name}/${address}`, ...(attribute !== undefined && { attribute }) };
    found.push({ place, why });
  };
  for (const [instance, { actions }] of plan.resources) {
    const address = configuredAddress(instance);
    planned.add(address);
    if (actions.includes("forget")) report(instance, "it is forgotten and not destroyed: what it grants stays");
    else if (!stack.declared.has(address) && !isGone(actions)) {
      report(instance, "the plan holds it and the configuration does not: plan again");
    }
  }
  for (const [name, { default: value }] of stack.variables) {
    const given = plan.variables.get(name);
    if (value !== undefined && given !== undefined && !agrees(value, given)) {
      report(`var.${name}`, "the plan was made with another value than the default: write it in the configuration");
    }
  }
  for (const [address, declared] of stack.declared) {
    if (declared.mode === "data" || declared.repeats !== undefined) continue;
    const change = plan.resources.get(address);
    if (change === undefined) report(address, "the configuration holds it and the plan does not: plan again");
    else if (isGone(change.actions)) report(address, "the plan destroys it and the configuration holds it: plan again");
    else {
      for (const attribute of Object.keys(declared.body)) {
        const after = resolver.surroundings.planned(declared, attribute);
        if (after === undefined || agrees(argumentOf(resolver, declared, attribute), after)) continue;
        report(address, "the plan says otherwise than the configuration: plan again", attribute);
      }
    }
  }
  return found;
}

function isGone(actions: readonly string[]): boolean {
  return actions.length === 1 && actions[0] === "delete";
}

function argumentOf(resolver: Resolver, declared: DeclaredResource, attribute: string): Value {
  return affordable(
    () => resolver.argument(declared, attribute, new Budget()) ?? null,
    () => new Unknown("too many steps"),
  );
}
