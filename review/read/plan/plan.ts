import { isObject, type Json, type JsonObject, asList, member, show } from "../json";
import { ReadError } from "../read-error";
import type { DeclaredResource, Stack } from "../configuration/stack";
import { affordable, Budget } from "../expression/budget";
import { Unknown, type Value } from "../expression/value";
import type { Unread } from "../resource";
import type { Resolver } from "../reference/resolver";
import { agrees } from "./agreement";

/** One resource in a plan */
export interface PlannedResource {
  readonly actions: readonly string[];
  /** After apply, without unknown and secret values */
  readonly values: JsonObject;
}

/** A plan as `terraform show -json` writes it, of the root module */
export interface Plan {
  readonly file: string;
  /** By `<type>.<name>` or `data.<type>.<name>`, with the index of an instance */
  readonly resources: ReadonlyMap<string, PlannedResource>;
  readonly variables: ReadonlyMap<string, Json>;
  /** Why it is incomplete; undefined if it is complete */
  readonly flaw?: string;
}

/** @throws ReadError if it is no plan */
export function readPlan(json: JsonObject, file: string): Plan {
  const version = member(json, "format_version");
  if (typeof version !== "string" || !/^1\.\d+$/.test(version)) {
    throw new ReadError(
      file,
      "format_version",
      `must be 1.x, got ${show(version)}: write it with terraform show -json`,
    );
  }
  const resources = new Map<string, PlannedResource>();
  for (const each of readData(json)) put(resources, each, file, ["no-op"], each);
  for (const each of objects(json, "resource_changes", file)) {
    const change = member(each, "change");
    if (!isObject(change)) throw new ReadError(file, "resource_changes", `has no change, got ${show(each)}`);
    const actions = member(change, "actions");
    put(resources, each, file, Array.isArray(actions) ? (actions as readonly Json[]).map(String) : [], change);
  }
  const variables = new Map<string, Json>();
  const given = member(json, "variables");
  for (const [name, variable] of isObject(given) ? Object.entries(given) : []) {
    const value = isObject(variable) ? member(variable, "value") : undefined;
    if (value !== undefined) variables.set(name, value);
  }
  const flaw = member(json, "errored") === true ? "the plan failed" : undefined;
  return { file, resources, variables, ...(flaw !== undefined && { flaw }) };
}

/** Data sources that the plan has read */
function readData(json: JsonObject): readonly JsonObject[] {
  let module: Json | undefined = json;
  for (const key of ["prior_state", "values", "root_module", "resources"]) {
    module = isObject(module) ? member(module, key) : undefined;
  }
  return (Array.isArray(module) ? (module as readonly Json[]) : []).filter(
    (each): each is JsonObject => isObject(each) && member(each, "mode") === "data",
  );
}

function objects(json: JsonObject, key: string, file: string): readonly JsonObject[] {
  return asList(member(json, key) ?? []).map((each) => {
    if (!isObject(each)) throw new ReadError(file, key, `must hold objects, got ${show(each)}`);
    return each;
  });
}

function put(
  resources: Map<string, PlannedResource>,
  resource: JsonObject,
  file: string,
  actions: readonly string[],
  source: JsonObject,
): void {
  const address = member(resource, "address");
  if (typeof address !== "string") throw new ReadError(file, "address", `must be text, got ${show(address)}`);
  if (address.startsWith("module.")) return;
  const after = member(source, "after") ?? member(source, "values");
  const hidden = ["after_unknown", "after_sensitive", "sensitive_values"].map((key) => member(source, key));
  const entries = Object.entries(isObject(after) ? after : {}).filter(
    ([name]) => !hidden.some((marks) => isObject(marks) && isMarked(member(marks, name))),
  );
  resources.set(address, { actions, values: Object.fromEntries(entries) });
}

/** Whether any value within is unknown or secret */
function isMarked(marks: Json | undefined): boolean {
  if (marks === true) return true;
  return typeof marks === "object" && marks !== null && Object.values(marks).some((each) => isMarked(each as Json));
}

/** Address of a planned resource in the configuration, without index */
function configuredAddress(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/, "");
}

/** The plans beside the configuration, by stack: they fill in unknown values, and never override known ones. */
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

  /** Contradictions between a plan and its configuration */
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
