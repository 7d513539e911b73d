import type { AgentDeclaration } from "./agent";
import type { Dataset } from "./dataset";
import type { Delegation, DelegationProps } from "./delegation";
import type { Json } from "./json";
import type { Tool } from "./tool";

/** An agent's class, as `Agent.define` returns it */
export interface StartedClass<K extends string = string> {
  readonly declaration: AgentDeclaration;
  task(name: K, props?: DelegationProps): Delegation;
}

/** What every starter says */
export interface StartProps<K extends string = string> {
  /** The agent that it starts, as `Agent.define` returned it */
  readonly agent: StartedClass<K>;
  /** Task of the agent; `startedBy` names the kind of start, and a way in serves it */
  readonly task: NoInfer<K>;
  /** Path of the way in that the agent is asked at, such as `"/reconcile"` */
  readonly path: string;
  /**
   * HTTP method of the request.
   *
   * @default "POST"
   */
  readonly method?: "POST" | "PUT";
  /**
   * Names of its keys in KMS: the first one signs, the others are published, before they sign or while their tokens live.
   *
   * @default ["1"]
   */
  readonly keys?: readonly string[];
  /**
   * How often it is tried before it is put aside as a dead letter, 1 to 20. Each try takes up to 450 s, and the next one
   * begins 900 s after it. Not beside `from.queue`, whose owner says it.
   *
   * @default 5
   */
  readonly attempts?: number;
}

export interface ScheduleProps<K extends string = string> extends StartProps<K> {
  /** Expression of EventBridge Scheduler: `rate(…)`, `cron(…)` of six fields, or `at(…)` */
  readonly at: string;
  /**
   * Time zone of `cron` and `at`, as the IANA names it, such as `"Europe/Berlin"`. Required there, and not beside `rate`.
   *
   * @default - none
   */
  readonly timeZone?: string;
  /**
   * What the agent is sent, at most 16 KiB of JSON.
   *
   * @default - an empty object
   */
  readonly body?: Json;
}

/** Where events come from: a bus of EventBridge, what sends to the starter's own queue, or a queue of another owner */
export type EventOrigin =
  | {
      /** Pattern of EventBridge that an event must match; it names its `source` at least */
      readonly pattern: Readonly<Record<string, Json>>;
      /**
       * Name of the bus, in the platform's account and region.
       *
       * @default "default"
       */
      readonly bus?: string;
    }
  | {
      /** ARNs of the S3 buckets and SNS topics that may send to the queue; others may not */
      readonly senders: readonly string[];
    }
  | {
      /**
       * ARN of a standard queue in SQS, of the platform's account and region, that this starter alone reads. Who may write to it,
       * how often a message is tried and where it is put aside is its owner's affair.
       */
      readonly queue: string;
    };

/**
 * Data that the events are about. If the agent itself, or an agent it works with, can write there, a run started by
 * such an event inherits everything that the agent holds.
 */
export type EventSources = readonly (Dataset | Tool)[] | { readonly outside: { readonly reason: string } };

export interface EventProps<K extends string = string> extends StartProps<K> {
  readonly from: EventOrigin;
  /**
   * Datasets and tools that the events are about, or `{ outside: { reason } }` if no agent of the fleet can cause one.
   *
   * @default - unknown: each event inherits all that the agent has held
   */
  readonly sources?: EventSources;
}
