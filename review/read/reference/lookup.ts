import type { DeclaredResource, Stack } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import type { Path } from "../expression/path";
import type { Value } from "../expression/value";
import type { Json } from "../json";
import type { StateIndex } from "./remote-state";

/** Where a provider works */
export interface ProviderFacts {
  readonly partition: Value;
  readonly region: Value;
  readonly account: Value;
}

/** What has to be known besides the stacks */
export interface Surroundings {
  /** Of everything that was read: what cannot be read is taken to differ where anything does */
  readonly digest: string;
  /** Text of a file, by its path within the folder of a stack */
  readonly textOf: (stack: Stack, path: string) => string | undefined;
  /** What a plan says an attribute will be, where it is known */
  readonly planned: (declared: DeclaredResource, attribute: string) => Json | undefined;
  readonly plannedVariable: (stack: Stack, name: string) => Json | undefined;
}

/** What references stand for, for what itself stands for one */
export interface Lookup {
  readonly surroundings: Surroundings;
  readonly states: StateIndex;

  /** What stands at a path of a resource or data source */
  valueAt(declared: DeclaredResource, path: Path, budget: Budget): Value;

  /** An argument as it is given, or as a plan fills it in; undefined where it is not given, or is null */
  argument(declared: DeclaredResource, name: string, budget: Budget): Value | undefined;

  facts(declared: DeclaredResource, budget: Budget): ProviderFacts;

  /** The value of an output that another stack reads */
  output(stack: Stack, name: string, budget: Budget): Value;

  local(stack: Stack, name: string, value: Json, budget: Budget): Value;

  /** A value of the configuration with its templates evaluated; the same value where it holds none */
  resolve(value: Json, stack: Stack, budget: Budget, declared?: DeclaredResource): Value;

  /** Equal only for what has equal values */
  digestOf(value: Json, stack: Stack, budget?: Budget): string;

  /** Equal only for equal arguments */
  fingerprint(declared: DeclaredResource, budget: Budget): string;
}
