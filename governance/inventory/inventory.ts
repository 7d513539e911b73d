import type { AgentState, CredentialsKind, SensitivityName, SourceLine, Start } from "../../domain";
import type { Acknowledgement } from "../../domain/acknowledgement";
import type { AccessKind } from "../../domain/dataset-props";
import type {
  RegistryApproval,
  RegistryBudget,
  RegistryDataset,
  RegistryEdge,
  RegistryHorizon,
  RegistryOrder,
  RegistryTool,
} from "../../domain/registry/document";
import type { RegistryWay } from "../../domain/registry/ways";
import type { Risk } from "../../domain/rules/risk";
import type { AivssProfile } from "./aivss";

/**
 * Every agent that is declared, suspended and expired ones too, with what it may do and who answers for it (NIST AI RMF 1.0, GOVERN 1.6).
 *
 * It follows from synthesized output alone: the same folder gives the same inventory.
 */
export interface Inventory {
  readonly trustDomain: string;
  /** By name */
  readonly agents: readonly InventoriedAgent[];
  /** HTTP APIs and MCP servers, by name */
  readonly tools: readonly InventoriedTool[];
  /** By name and model */
  readonly models: readonly InventoriedModel[];
  /** By name */
  readonly datasets: readonly InventoriedDataset[];
  /** Acknowledged findings at resources that are no agent's own */
  readonly acknowledged: readonly PlacedAcknowledgement[];
}

export interface InventoriedAgent {
  readonly name: string;
  readonly spiffeId: string;
  /** E-mail address of the person or group that answers for it */
  readonly owner: string;
  readonly purpose: string;
  /** First day (UTC) on which it may no longer act */
  readonly expires: string;
  readonly state: AgentState;
  /** Where it is declared; left out if synth did not write it */
  readonly declaredAt?: SourceLine;
  readonly workload: { readonly namespace: string; readonly serviceAccount: string };
  readonly tasks: readonly InventoriedTask[];
  /** Starts of tasks that a way in serves: empty if nothing from outside calls it */
  readonly calledBy: readonly Start[];
  readonly ways: readonly InventoriedWay[];
  /** OAuth clients whose users may start it */
  readonly clients: readonly string[];
  readonly starters: readonly AllowedStarter[];
  /** HTTP APIs and MCP servers, with the actions of all tasks together */
  readonly tools: readonly { readonly name: string; readonly actions: readonly string[] }[];
  readonly models: readonly { readonly name: string; readonly action: string; readonly model: string }[];
  readonly data: readonly UsedData[];
  readonly highestSensitivity: SensitivityName;
  /** `agent.task` to which it may hand work on */
  readonly delegatesTo: readonly string[];
  /** `agent.task` from which it may get work */
  readonly delegatedFrom: readonly string[];
  /** Derived from the declarations; the tier that the registry names is not relied on */
  readonly risk: Risk;
  readonly aivss: AivssProfile;
  /** What still works after a stop, the longest first */
  readonly horizon: readonly RegistryHorizon[];
  readonly credentials: HeldCredentials;
  readonly acknowledged: readonly PlacedAcknowledgement[];
  /** Terraform resources that are its own */
  readonly resources: number;
}

export interface InventoriedTask {
  readonly name: string;
  readonly startedBy: readonly Start[];
  readonly ttlSeconds: number;
  /** `tool.action` */
  readonly calls: readonly string[];
  /** `dataset:kind` */
  readonly data: readonly string[];
  readonly delegates: readonly (Pick<RegistryEdge, "depth" | "ttlSeconds"> & {
    readonly to: string;
    readonly sensitivity: SensitivityName;
  })[];
  readonly enforcement: TaskEnforcement;
}

/** What holds a task back, besides its grants */
export interface TaskEnforcement {
  /** Days until which budgets, order and intent are only noted; left out if they refuse */
  readonly observedUntil?: { readonly day: string; readonly reason: string };
  readonly approval?: RegistryApproval;
  readonly budgets: readonly RegistryBudget[];
  readonly orders: readonly RegistryOrder[];
}

export interface InventoriedWay {
  readonly name: string;
  readonly kind: RegistryWay["kind"];
  /** Left out for the agent's name below the platform's domain */
  readonly host?: string;
  readonly paths: readonly string[];
  readonly tasks: readonly string[];
  readonly starts: readonly Start[];
}

/** An issuer of start tokens, and which of the agent's tasks they start */
export interface AllowedStarter {
  readonly issuer: string;
  readonly tasks: readonly string[];
}

export interface UsedData {
  readonly name: string;
  readonly sensitivity: SensitivityName;
  readonly kinds: readonly AccessKind[];
}

export interface HeldCredentials {
  readonly kind: CredentialsKind;
  /** Longest credential beside its SVIDs */
  readonly longestSeconds: number;
  /** ARNs, sorted; empty without AWS data */
  readonly roles: readonly string[];
}

export interface InventoriedTool {
  readonly name: string;
  readonly kind: Exclude<RegistryTool["kind"], "model">;
  readonly url: string;
  readonly clearance: SensitivityName;
  readonly untrustedOutput: boolean;
  /** The user's own rights, or the service that it acts as */
  readonly actsAs: string;
  readonly actions: readonly string[];
  /** Actions of an MCP server whose definition is not pinned */
  readonly unpinned: readonly string[];
  readonly usedBy: readonly string[];
}

export interface InventoriedModel {
  /** Of the tool that it is declared as */
  readonly name: string;
  readonly model: string;
  readonly url: string;
  readonly clearance: SensitivityName;
  readonly usedBy: readonly string[];
}

export interface InventoriedDataset {
  readonly name: string;
  readonly kind: RegistryDataset["kind"];
  readonly sensitivity: SensitivityName;
  /** Whether it may hold words of strangers */
  readonly untrusted: boolean;
  /** Bucket and prefix, table, or secret; left out for data behind a tool */
  readonly place?: string;
  readonly usedBy: readonly string[];
}

/** A finding that is answered for until a day, and where it stands */
export interface PlacedAcknowledgement extends Acknowledgement {
  /** `agent`, or the address of the resource, such as `agents/aws_iam_role.x` */
  readonly at: string;
  /** Whether its day has come; left out if it has not, and where no day was asked about */
  readonly ended?: true;
}
