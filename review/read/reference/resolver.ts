import { withoutComment } from "../configuration/blocks";
import type { DeclaredResource, Stack } from "../configuration/stack";
import { affordable, Budget } from "../expression/budget";
import { describe } from "../expression/value-text";
import { evaluate } from "../expression/evaluate";
import { parseTemplate } from "../expression/parse";
import { type Path, pathText, valueAtPath } from "../expression/path";
import { SyntaxProblem } from "../expression/syntax";
import { isTemplate, toTemplateForm } from "../expression/template-form";
import { digest, PartialText, Unknown, type Value } from "../expression/value";
import { isObject, type Json, type JsonObject, member } from "../json";
import { agrees } from "../plan/agreement";
import { computedAttribute } from "./computed-attribute";
import { ProviderIndex } from "./provider";
import type { Lookup, ProviderFacts, Surroundings } from "./lookup";
import { StateIndex } from "./remote-state";
import { Scope } from "./scope";

/** Attributes that identify the resource, under any arguments */
const IDENTITY = /^(?:arn|id|name|key_id|unique_id|.+_arn|.+_id)$/;

/** Arguments without references, by their source, which two estates may share. A memo on frozen values. */
const PLAIN = new WeakMap<JsonObject, JsonObject>();

/** Names in it are not references to values. */
const NOT_RESOLVED = new Set(["provider"]);

/** Replaces references by their values. Everything is computed on demand, and once. */
export class Resolver implements Lookup {
  private readonly known = new Map<string, Value | undefined>();
  private readonly active = new Set<string>();
  /** Number of values left open because they refer to themselves */
  private circles = 0;
  private readonly providers = new ProviderIndex(this);
  public readonly states: StateIndex;

  constructor(
    stacks: Iterable<Stack>,
    public readonly surroundings: Surroundings,
  ) {
    this.states = new StateIndex(stacks);
  }

  /** The arguments of a resource, as in Terraform JSON */
  public arguments(declared: DeclaredResource): JsonObject {
    const known = PLAIN.get(declared.body);
    if (known !== undefined) return known;
    const entries: [string, Json][] = [];
    let refersToNothing = true;
    for (const key of Object.keys(declared.body)) {
      if (key === "//" || key === "depends_on") continue;
      const value = declared.body[key] as Json;
      const isWritten = NOT_RESOLVED.has(key) || (value !== null && !holdsTemplate(value));
      const written = isWritten
        ? value
        : this.written(declared, [key], (budget) => this.argument(declared, key, budget) ?? null);
      refersToNothing &&= isWritten;
      entries.push([key, written]);
    }
    const given = Object.fromEntries(entries);
    if (refersToNothing) PLAIN.set(declared.body, given);
    return given;
  }

  /** An attribute, as in Terraform JSON */
  public attribute(declared: DeclaredResource, path: Path): Json {
    return this.written(declared, path, (budget) => this.valueAt(declared, path, budget));
  }

  public valueAt(declared: DeclaredResource, path: Path, budget: Budget): Value {
    const [name, ...rest] = path;
    const symbol = `${declared.address}${pathText(path)}`;
    if (declared.repeats !== undefined || typeof name !== "string") {
      return new Unknown(`${symbol} #${this.fingerprint(declared, budget)}`);
    }
    const value = this.attributeValue(declared, name, budget);
    if (value !== undefined) return valueAtPath(value, rest, budget);
    const isItself = declared.mode === "managed" && rest.length === 0 && IDENTITY.test(name);
    return new Unknown(isItself ? symbol : `${symbol} #${this.fingerprint(declared, budget)}`);
  }

  public argument(declared: DeclaredResource, name: string, budget: Budget): Value | undefined {
    const written = member(declared.body, name) ?? null;
    if (isPlain(written)) return written;
    const value =
      written === null
        ? undefined
        : this.remembered(`${declared.address}.${name}`, budget, () =>
            this.resolve(written, declared.stack, budget, declared),
          );
    if (value !== undefined && !(value instanceof Unknown) && !(value instanceof PartialText))
      return value ?? undefined;
    const planned = this.surroundings.planned(declared, name);
    return planned !== undefined && agrees(value ?? null, planned) ? planned : value;
  }

  public facts(declared: DeclaredResource, budget: Budget): ProviderFacts {
    return this.providers.of(declared, budget);
  }

  public output(stack: Stack, name: string, budget: Budget): Value {
    const value = member(stack.outputs.get(name) ?? {}, "value") ?? null;
    return this.remembered(`${stack.name}/output.${name}`, budget, () => this.resolve(value, stack, budget));
  }

  public local(stack: Stack, name: string, value: Json, budget: Budget): Value {
    return this.remembered(`${stack.name}/local.${name}`, budget, () => this.resolve(value, stack, budget));
  }

  public resolve(value: Json, stack: Stack, budget: Budget, declared?: DeclaredResource): Value {
    if (typeof value === "string") return isTemplate(value) ? this.template(value, stack, budget, declared) : value;
    if (typeof value !== "object" || value === null) return value;
    budget.spend();
    return budget.nested(() => {
      if (!isObject(value)) {
        const resolved = value.map((each) => this.resolve(each, stack, budget, declared));
        return resolved.some((each, index) => each !== value[index]) ? resolved : value;
      }
      return this.object(value, stack, budget, declared);
    });
  }

  public digestOf(value: Json, stack: Stack, budget = new Budget()): string {
    return affordable(
      () => digest(describe(this.resolve(value, stack, budget), budget)),
      () => this.surroundings.digest,
    );
  }

  public fingerprint(declared: DeclaredResource, budget: Budget): string {
    const key = `${declared.address} as a whole`;
    const value = this.remembered<Value>(key, budget, () =>
      digest(describe(this.resolve(withoutComment(declared.body), declared.stack, budget, declared), budget)),
    );
    return value instanceof Unknown ? digest(value.symbol) : String(value);
  }

  private attributeValue(declared: DeclaredResource, name: string, budget: Budget): Value | undefined {
    return this.remembered(
      `${declared.address} gives ${name}`,
      budget,
      () => computedAttribute(this, declared, name, budget) ?? this.argument(declared, name, budget),
    );
  }

  private object(value: JsonObject, stack: Stack, budget: Budget, declared?: DeclaredResource): Value {
    let changed = false;
    const entries = Object.keys(value).map((key) => {
      const each = value[key] as Json;
      const resolved = this.resolve(each, stack, budget, declared);
      const name = isTemplate(key) ? this.template(key, stack, budget, declared) : key;
      changed ||= resolved !== each || name !== key;
      return [name, resolved] as const;
    });
    if (!changed) return value;
    // An unknown key may be any key: the whole object is unknown.
    const names = entries.map(([name]) => name);
    if (names.some((name) => typeof name !== "string") || new Set(names).size < names.length) {
      return new Unknown(
        `object with unknown keys: ${describe(
          entries.map(([...entry]) => entry),
          budget,
        )}`,
      );
    }
    return Object.fromEntries(entries);
  }

  private template(text: string, stack: Stack, budget: Budget, declared?: DeclaredResource): Value {
    budget.spend(text.length >> 5);
    try {
      const expression = parseTemplate(text);
      return budget.nested(() => evaluate(expression, new Scope(this, stack, declared, budget)));
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      return new Unknown(`unreadable, ${error.message}: ${text} ${this.surroundings.digest}`);
    }
  }

  private remembered<Result extends Value | undefined>(key: string, budget: Budget, compute: () => Result): Result {
    if (this.known.has(key)) return this.known.get(key) as Result;
    if (this.active.has(key)) {
      this.circles += 1;
      return new Unknown(`${key} refers to itself`) as Result;
    }
    this.active.add(key);
    const { circles } = this;
    try {
      const value = budget.nested(compute);
      // Within a cycle the value depends on the entry point.
      if (circles === this.circles) this.known.set(key, value);
      return value;
    } finally {
      this.active.delete(key);
    }
  }

  private written(declared: DeclaredResource, path: Path, compute: (budget: Budget) => Value): Json {
    const budget = new Budget();
    return affordable(
      () => toTemplateForm(compute(budget), budget),
      () => {
        const place = `${declared.address}${pathText(path)}`;
        return `\${${new Unknown(`${place} takes too many steps #${this.surroundings.digest}`).symbol}}`;
      },
    );
  }
}

/** Whether any text or key within is a template */
function holdsTemplate(value: Json): boolean {
  if (typeof value === "string") return isTemplate(value);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsTemplate);
  for (const key in value) if (isTemplate(key) || holdsTemplate((value as JsonObject)[key] as Json)) return true;
  return false;
}

/** Most arguments are: they need no cache. */
function isPlain(value: Json): value is string | number | boolean {
  return typeof value === "string" ? !isTemplate(value) : typeof value === "number" || typeof value === "boolean";
}
