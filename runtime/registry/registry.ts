import type {
  AwsAccess,
  CallFacts,
  Memory,
  PolicyDocument,
  PolicyEdge,
  RegistryAgent,
  RegistryIssuer,
  SensitivityName,
} from "../../domain";
import type {
  RegistryAction,
  RegistryApproval,
  RegistryHorizon,
  RegistryKillSwitch,
  RegistryStarter,
  RegistryTask,
  RegistryTool,
} from "../../domain/registry/document";
import type { RegistryWay } from "../../domain/registry/ways";
import type { RegistryPeople } from "../../domain/registry/people";

/** What the exchange knows of the fleet, from one signed document. It is replaced as a whole, never in part. */
export interface FleetView {
  /** Set when it was signed; 1 or more */
  readonly revision: number;
  /** For the policy engine */
  readonly policy: PolicyDocument;
  /** Whose access tokens may start tasks by user */
  readonly issuers: readonly RegistryIssuer[];
  /** Who may start tasks by schedule and event */
  readonly starters: readonly RegistryStarter[];
  /** Who decides on approvals and stops agents; undefined if no person does */
  readonly people: RegistryPeople | undefined;
  /** The kill switch whose orders revoke; undefined if there is none */
  readonly killSwitch?: RegistryKillSwitch | undefined;
  agentOf(spiffeId: string): FleetAgent | undefined;
  agentNamed(name: string): FleetAgent | undefined;
  /** The agent that users reach at a host of its own */
  agentAt(host: string): FleetAgent | undefined;
  /** Undefined if there is no such tool */
  toolOf(tool: string): FleetTool | undefined;
  /**
   * Whether what the call brings back may hold instructions of strangers: the tool's output is untrusted, or the call
   * reads an untrusted dataset. What is not declared is untrusted.
   */
  answersUntrusted(call: Pick<CallFacts, "action" | "data" | "tool">): boolean;
}

/** What the gateway must know of a tool */
export interface FleetTool extends Pick<RegistryTool, "actsAs" | "kind" | "url"> {
  readonly name: string;
  /** Whether its host may be on a private network */
  readonly isPrivate: boolean;
  /** Of MCP besides tools, that its server and clients may use */
  readonly capabilities: NonNullable<RegistryTool["capabilities"]>;
  readonly actions: Readonly<Record<string, FleetAction>>;
  /** Actions that agents of A2A send push notifications to; left out for none */
  readonly pushed?: ReadonlySet<string>;
}

export type FleetAction = Pick<RegistryAction, "match" | "pin">;

export interface FleetAgent extends Pick<
  RegistryAgent,
  "clients" | "owner" | "purpose" | "secondOwner" | "session" | "spiffeId"
> {
  readonly name: string;
  /** Seconds since the epoch */
  readonly expires: number;
  /** `shared`: one session serves all users and runs; always so for federated agents */
  readonly memory: Memory;
  readonly tasks: ReadonlyMap<string, FleetTask>;
  /** What still works after a stop, the longest first; undefined if the registry does not say */
  readonly horizon?: readonly RegistryHorizon[] | undefined;
  /** ARNs of its roles in AWS, sorted; undefined if the registry is not asked for them */
  readonly roles?: readonly string[];
  /** Kubernetes namespace of its pods */
  readonly namespace: string;
  /** Ways in, by which callers reach it */
  readonly ways: readonly FleetAddress[];
}

/** Where a way in is, and what callers may start there */
export interface FleetAddress extends Pick<RegistryWay, "bindings" | "card" | "kind" | "paths" | "pushes" | "tasks"> {
  readonly name: string;
}

export interface FleetTask extends Pick<RegistryTask, "cleanEvents" | "startedBy" | "ttlSeconds"> {
  readonly name: string;
  /** Ways in by which callers start it */
  readonly servedBy: readonly FleetWay[];
  /** Actions by tool */
  readonly tools: ReadonlyMap<string, readonly string[]>;
  /** By `<agent>.<task>` of the delegate */
  readonly delegates: ReadonlyMap<string, FleetEdge>;
  readonly approval: RegistryApproval | undefined;
  /** Only of a brokered agent */
  readonly aws:
    | {
        readonly role: AwsAccess["role"];
        readonly sessionPolicy: NonNullable<AwsAccess["sessionPolicy"]>;
        /** Highest sensitivity it may show; undefined if it shows nothing */
        readonly reads: SensitivityName | undefined;
        /** Lowest sensitivity it may write; undefined if it writes nothing */
        readonly writes: SensitivityName | undefined;
        /** Whether an untrusted dataset is among what it may show */
        readonly readsUntrusted: boolean;
        /** Whether a dataset that is not untrusted is among what it may write */
        readonly writesTrusted: boolean;
      }
    | undefined;
}

/** What a way in makes of a session */
export interface FleetWay extends Pick<RegistryWay, "clearance" | "sensitivity" | "untrusted"> {
  readonly name: string;
}

export interface FleetEdge extends Pick<PolicyEdge, "depth" | "sensitivity" | "ttlSeconds"> {
  /** `<tool>.<action>` */
  readonly actions: ReadonlySet<string> | "any";
}

/** Where the present registry is. */
export interface Registry {
  /**
   * The last fetched document with a valid signature.
   *
   * @throws RegistryUnavailable if there is none, or if the last look was too long ago
   */
  current(): FleetView;
}

export class RegistryUnavailable extends Error {
  public override readonly name = "RegistryUnavailable";
}
