import { posix } from "node:path";
import type { DeclaredResource, Stack } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import type { Names } from "../expression/evaluate";
import { describeCall } from "../expression/functions";
import { type Path, pathText, valueAtPath } from "../expression/path";
import { Unknown, type Value } from "../expression/value";
import { type Json, member } from "../json";
import type { Lookup } from "./lookup";

/** Functions that read files, the time or randomness */
const IMPURE =
  /^(?:abspath|bcrypt|file|filebase64(?:sha256|sha512)?|fileexists|filemd5|fileset|filesha(?:1|256|512)|pathexpand|plantimestamp|templatefile|timestamp|uuid)$/;

/** Names that expressions of one stack, and of one of its resources, may refer to */
export class Scope implements Names {
  constructor(
    private readonly lookup: Lookup,
    private readonly stack: Stack,
    private readonly declared: DeclaredResource | undefined,
    public readonly budget: Budget,
  ) {}

  public lookUp(root: string, path: Path): Value {
    const [first, ...rest] = path;
    const symbol = `${this.stack.name}/${root}${pathText(path)}`;
    switch (root) {
      case "var":
        return this.variable(String(first), rest) ?? new Unknown(symbol);
      case "local":
        return this.local(String(first), rest) ?? new Unknown(symbol);
      case "path":
        return first === "cwd" ? new Unknown(symbol) : ".";
      case "data":
        return this.data(path) ?? new Unknown(symbol);
      case "module": {
        const module = this.stack.modules.get(String(first)) ?? null;
        return new Unknown(`${symbol} #${this.digestOf(module)}`);
      }
      case "each":
      case "count":
      case "self": {
        const repeats = this.declared?.repeats;
        const over = repeats === undefined ? null : (member(this.declared?.body ?? {}, repeats) ?? null);
        return new Unknown(
          `${this.declared?.address ?? this.stack.name} ${root}${pathText(path)} #${this.digestOf(over)}`,
        );
      }
    }
    const declared = this.stack.declared.get(`${root}.${first}`);
    return declared === undefined ? new Unknown(symbol) : this.lookup.valueAt(declared, rest, this.budget);
  }

  public callImpure(name: string, inputs: readonly Value[]): Value | undefined {
    if (!IMPURE.test(name) && !name.includes("::")) return undefined;
    const [path] = inputs;
    if (name === "file" && inputs.length === 1 && typeof path === "string" && !posix.isAbsolute(path)) {
      const text = this.lookup.surroundings.textOf(this.stack, posix.normalize(path));
      if (text !== undefined) return text;
    }
    return new Unknown(`${describeCall(name, inputs, this.budget)} #${this.lookup.surroundings.digest}`);
  }

  private variable(name: string, rest: Path): Value | undefined {
    const { stack, lookup, budget } = this;
    const planned = lookup.surroundings.plannedVariable(stack, name);
    const written = member(stack.variables.get(name) ?? {}, "default");
    if (written === undefined) return planned === undefined ? undefined : valueAtPath(planned, rest, budget);
    return valueAtPath(lookup.local(stack, `var ${name}`, written, budget), rest, budget);
  }

  private local(name: string, rest: Path): Value | undefined {
    const value = this.stack.locals.get(name);
    if (value === undefined) return undefined;
    return valueAtPath(this.lookup.local(this.stack, name, value, this.budget), rest, this.budget);
  }

  private data([type, name, ...rest]: Path): Value | undefined {
    const declared = this.stack.declared.get(`data.${type}.${name}`);
    if (declared === undefined) return undefined;
    const [attribute, output, ...inner] = rest;
    if (type === "terraform_remote_state" && attribute === "outputs" && typeof output === "string") {
      const producer = this.lookup.states.producerOf(declared);
      if (producer?.outputs.has(output) === true) {
        return valueAtPath(this.lookup.output(producer, output, this.budget), inner, this.budget);
      }
    }
    return this.lookup.valueAt(declared, rest, this.budget);
  }

  private digestOf(value: Json): string {
    return this.lookup.digestOf(value, this.stack, this.budget);
  }
}
