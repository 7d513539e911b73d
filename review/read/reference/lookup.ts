import type { DeclaredResource, Stack } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import type { Path } from "../expression/path";
import type { Value } from "../expression/value";
import type { Json } from "../json";
import type { StateIndex } from "./remote-state";

/** Account, region and partition of a provider */
export interface ProviderFacts {
  readonly partition: Value;
  readonly region: Value;
  readonly account: Value;
}

/** Inputs besides the stacks */
export interface Surroundings {
  /** Digest of everything read: an unread part counts as different if anything differs */
  readonly digest: string;
  /** Text of a file, by its path in the folder of a stack */
  readonly textOf: (stack: Stack, path: string) => string | undefined;
  /** Planned value of an attribute, if known */
  readonly planned: (declared: DeclaredResource, attribute: string) => Json | undefined;
  readonly plannedVariable: (stack: Stack, name: string) => Json | undefined;
}

/** Resolves references, for values that are references themselves */
export interface Lookup {
  readonly surroundings: Surroundings;
  readonly states: StateIndex;

  /** The value at a path of a resource or data source */
  valueAt(declared: DeclaredResource, path: Path, budget: Budget): Value;

  /** An argument as written, or as a plan fills it in; undefined if it is not set, or null */
  argument(declared: DeclaredResource, name: string, budget: Budget): Value | undefined;

  facts(declared: DeclaredResource, budget: Budget): ProviderFacts;

  /** The value of another stack's output */
  output(stack: Stack, name: string, budget: Budget): Value;

  local(stack: Stack, name: string, value: Json, budget: Budget): Value;

  /** A value of the configuration with its templates evaluated; the same value if it has none */
  resolve(value: Json, stack: Stack, budget: Budget, declared?: DeclaredResource): Value;

  /** Equal only for equal values */
  digestOf(value: Json, stack: Stack, budget?: Budget): string;

  /** Equal only for equal arguments */
  fingerprint(declared: DeclaredResource, budget: Budget): string;
}
