import type { Deed, FlowAgent, FlowTask } from "./flow-fleet";
import type { For } from "./flow-world";

export type Move =
  | { readonly kind: "start"; readonly agent: FlowAgent; readonly task: FlowTask; readonly by: For }
  | { readonly kind: "use"; readonly place: number; readonly deed: Deed }
  | {
      /** `delegate` begins a run with it too. */
      readonly kind: "delegate" | "hand";
      readonly place: number;
      readonly agent: FlowAgent;
      readonly task: FlowTask;
    }
  | { readonly kind: "present"; readonly place: number }
  | {
      /** Of a run that was handed on: a further part of its request, a part of its answer, and another request of its delegator */
      readonly kind: "part" | "answer" | "join";
      readonly place: number;
    }
  | { readonly kind: "wait"; readonly seconds: number };

export interface Scope {
  readonly agents: readonly FlowAgent[];
  readonly tasks: readonly FlowTask[];
  /** Of those that `work` does */
  readonly deeds: readonly Deed[];
  readonly by: readonly For[];
  readonly waits: readonly number[];
  /** Whether nothing ends but by waiting until everything has: then it is of no matter when */
  readonly timeless: boolean;
  /** Of one agent, at once */
  readonly mostRuns: number;
  /** Tokens with which work is handed on that are kept at once */
  readonly mostHanded: number;
}
