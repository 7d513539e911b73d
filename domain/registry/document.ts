import type { Acknowledgement } from "../acknowledgement";
import type { AgentState } from "../agent";
import type { BudgetPeriod } from "../budget";
import type { Concurrency } from "../concurrency";
import type { CredentialsKind } from "../credentials";
import type { AccessKind, TableBinding } from "../dataset-props";
import type { Memory } from "../memory";
import type { StarterStart } from "../rules/starts";
import type { Sensitivity, SensitivityName } from "../sensitivity";
import type { Start } from "../task";
import type { Impact, JsonSchema, McpCapability, ModelApi, ModelFeature, ServiceIdentity } from "../tool-props";
import type { RegistryPeople } from "./people";
import type { RegistryWay } from "./ways";

/** Those that are read. The revision of one document is a counter set when it is signed, never here. */
export type RegistryVersion = "ambit.registry/1" | "ambit.registry/2";
export const REGISTRY_VERSIONS = ["ambit.registry/1", "ambit.registry/2"] as const satisfies readonly RegistryVersion[];
/** The one that is written: a reader that does not know ways in must not take a registry that may have some. */
export const REGISTRY_VERSION = REGISTRY_VERSIONS[1];

/**
 * `registry.json`: the fleet as one stable document, which exchange, OPA, Cedar, inventory and review read.
 *
 * @typeParam Level a level of sensitivity: its name as it is written, or what a reader makes of it
 */
export interface RegistryDocument<Level = SensitivityName> {
  readonly version: RegistryVersion;
  readonly trustDomain: string;
  readonly trust: RegistryTrust;
  /** Left out if no person decides or stops anything */
  readonly people?: RegistryPeople<Level> | undefined;
  readonly agents: Readonly<Record<string, RegistryAgent<Level>>>;
  readonly tools: Readonly<Record<string, RegistryTool<Level>>>;
  readonly datasets: Readonly<Record<string, RegistryDataset<Level>>>;
}

/** A level as it is written, or as it is read */
export type AnyLevel = Sensitivity | SensitivityName;

/** What was declared, from which all follows that a registry says of an agent besides */
export interface Declarations {
  readonly agents: Readonly<Record<string, DeclaredWork>>;
  readonly tools: Readonly<Record<string, RegistryTool<AnyLevel>>>;
  readonly datasets: Readonly<Record<string, RegistryDataset<AnyLevel>>>;
}

/** What an agent does, with which credentials, and by which ways in it is called */
export type DeclaredWork = Pick<RegistryAgent<AnyLevel>, "credentials" | "serves" | "tasks">;

/** Whose tokens start tasks */
export interface RegistryTrust {
  /** Access tokens of users */
  readonly issuers: readonly RegistryIssuer[];
  /** Start tokens, by schedule or event */
  readonly starters: readonly RegistryStarter[];
  /** Whose orders stop agents; left out if no function does */
  readonly killSwitch?: RegistryKillSwitch | undefined;
}

/** The function that stops agents: its signed orders can only revoke at the exchange. */
export interface RegistryKillSwitch {
  /** Claim `iss` of its orders, a name that is never fetched */
  readonly issuer: string;
  /** Aliases of its keys in KMS, which are the `kid` of its orders; the first one signs */
  readonly kms: readonly string[];
  /** Public halves of what `kms` names: written when the registry is signed, never at synth */
  readonly jwks?: readonly PublishedKey[] | undefined;
}

export interface RegistryIssuer {
  /** Claim `iss`, an https address */
  readonly issuer: string;
  /** https address of its keys */
  readonly jwksUri: string;
  /** Of its signatures, sorted */
  readonly algorithms: readonly string[];
}

/** Either `jwksUri` or `kms` says where its keys are. */
export interface RegistryStarter extends Omit<RegistryIssuer, "jwksUri"> {
  readonly starts: readonly StarterStart[];
  /** https address of its keys; left out if they are in KMS */
  readonly jwksUri?: string | undefined;
  /** Aliases of its keys in KMS, which are the `kid` of its tokens; the first one signs */
  readonly kms?: readonly string[] | undefined;
  /** Public halves of what `kms` names: written when the registry is signed, never at synth */
  readonly jwks?: readonly PublishedKey[] | undefined;
  /** `<agent>.<task>` that it may start, sorted; left out if it may start each task of its kind */
  readonly tasks?: readonly string[] | undefined;
  /** What its events tell of, `dataset:<name>` or `tool:<name>`, sorted; left out if it is not known */
  readonly sources?: readonly string[] | undefined;
  /** Why no agent brings its events about; left out if it is not known */
  readonly outside?: string | undefined;
}

/** A public key on P-256, as it is published (RFC 7517, RFC 7518 section 6.2.1) */
export interface PublishedKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: "ES256";
  readonly use: "sig";
}

export interface RegistryAgent<Level = SensitivityName> {
  readonly spiffeId: string;
  /** E-mail address of the person or group that answers for it */
  readonly owner: string;
  /** Answers for it too; left out if there is none */
  readonly secondOwner?: string | undefined;
  readonly purpose: string;
  /** Moment in UTC, RFC 3339 */
  readonly expires: string;
  readonly state: AgentState;
  readonly workload: { readonly namespace: string; readonly serviceAccount: string };
  readonly credentials: CredentialsKind;
  readonly isolation: "dedicated" | "shared";
  /** A reader derives it anew, and does not rely on the name of the tier. */
  readonly risk: { readonly tier: string; readonly score: number };
  /** Beside its SVIDs */
  readonly longestCredentialSeconds: number;
  /** What still works after a stop, the longest first */
  readonly revocationHorizon: readonly RegistryHorizon[];
  /** OAuth clients whose users may start it, sorted */
  readonly clients: readonly string[];
  /** Left out if it keeps users apart */
  readonly memory?: Memory | undefined;
  readonly session: { readonly idleSeconds: number; readonly totalSeconds: number };
  readonly tasks: Readonly<Record<string, RegistryTask<Level>>>;
  /** Ways in, by name; left out if there are none */
  readonly serves?: Readonly<Record<string, RegistryWay<Level>>> | undefined;
  /** Left out if a pod works for many users at a time */
  readonly concurrency?: Concurrency | undefined;
  /** Acknowledged findings of guardrails; left out if there are none */
  readonly acknowledged?: readonly Acknowledgement[] | undefined;
}

/** One way in which something may still work after a kill */
export interface RegistryHorizon {
  /** `tools`, `aws`, or the delegate through which it runs */
  readonly path: string;
  readonly seconds: number;
  readonly because: string;
}

export interface RegistryTask<Level = SensitivityName> {
  readonly startedBy: readonly Start[];
  readonly ttlSeconds: number;
  /** Names of actions by tool, sorted */
  readonly tools: Readonly<Record<string, readonly string[]>>;
  readonly data: Readonly<Record<string, readonly AccessKind[]>>;
  /** By `agent.task` */
  readonly delegates: Readonly<Record<string, RegistryEdge<Level>>>;
  readonly approval?: RegistryApproval | undefined;
  readonly budgets: readonly RegistryBudget[];
  readonly orders: readonly RegistryOrder[];
  readonly observe?: { readonly until: string; readonly reason: string } | undefined;
  /**
   * Issuers of starters whose events begin a clean session, because the agent's knowledge cannot cause them, sorted.
   * Events of other issuers inherit everything that the agent holds. Left out if there are none.
   */
  readonly cleanEvents?: readonly string[] | undefined;
  readonly aws?: AwsAccess | undefined;
}

/** AWS access of one task */
export interface AwsAccess {
  /** ARN of the role */
  readonly role: string;
  /** JSON for STS; a federated agent has none, because each task has its own role */
  readonly sessionPolicy?: string | undefined;
}

export interface RegistryApproval {
  readonly group: string;
  readonly requestOpenSeconds: number;
  readonly decisionGoodForSeconds: number;
  /** Different persons who must approve; left out for one */
  readonly people?: 2 | undefined;
}

/** The ceiling of what is handed on */
export interface RegistryEdge<Level = SensitivityName> {
  readonly depth: number;
  /** `tool.action`, sorted */
  readonly actions: readonly string[] | "any";
  /** `dataset:kind`, sorted */
  readonly data: readonly string[] | "any";
  readonly sensitivity: Level;
  readonly ttlSeconds: number;
}

export interface RegistryBudget {
  readonly limit: number;
  readonly period: BudgetPeriod;
  readonly actions?: readonly string[] | undefined;
  readonly sumOf?: string | undefined;
  /** Of models; left out for calls and sums */
  readonly counts?: "tokens" | undefined;
}

export interface RegistryOrder {
  readonly first: readonly string[];
  readonly then: readonly string[];
  readonly within: "run" | "session";
}

export interface RegistryTool<Level = SensitivityName> {
  readonly kind: "http" | "mcp" | "model";
  readonly url: string;
  readonly clearance: Level;
  readonly untrustedOutput: boolean;
  /** Of an MCP server, besides tools, sorted; left out if there are none */
  readonly capabilities?: readonly McpCapability[] | undefined;
  /** The user's own rights, or a named identity of the tool's */
  readonly actsAs: "user" | Required<ServiceIdentity>;
  /** Why its host may be on a private network; left out if it may not */
  readonly privateAddress?: { readonly reason: string } | undefined;
  readonly actions: Readonly<Record<string, RegistryAction>>;
}

export interface RegistryAction {
  readonly impact: Impact;
  readonly writes: boolean;
  readonly outward: boolean;
  readonly outwardReason?: string | undefined;
  readonly touches: Readonly<Record<string, readonly AccessKind[]>>;
  readonly match: RegistryMatch;
  /** Digest of an MCP tool's reviewed definition */
  readonly pin?: string | undefined;
  /** Why an MCP tool has no pin */
  readonly unpinned?: { readonly reason: string } | undefined;
}

/** What a request must look like to be the action */
export type RegistryMatch =
  | {
      readonly method: string;
      readonly path: string;
      readonly query?: JsonSchema | undefined;
      readonly body?: JsonSchema | undefined;
    }
  | { readonly tool: string }
  | {
      readonly model: string;
      readonly apis: readonly ModelApi[];
      readonly maxOutputTokens: number;
      readonly allows: readonly ModelFeature[];
    };

export interface RegistryDataset<Level = SensitivityName> {
  readonly kind: "bucket" | "table" | "secret" | "external";
  readonly sensitivity: Level;
  /** Left out if it is not */
  readonly untrusted?: boolean | undefined;
  readonly account?: string | undefined;
  readonly key?: string | undefined;
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  readonly secret?: string | undefined;
  readonly table?: string | undefined;
  readonly indexes?: readonly string[] | undefined;
  readonly boundTo?: TableBinding | undefined;
}
