import type { Clock, SensitivityName } from "../../domain";
import type { NetworkProps } from "./network";
import type { OutboundProps } from "./outbound";
import type { ApproverGroupProps, PeopleProps } from "./people";
import type { RiskControl } from "./risk-controls";
import type { StarterProps, UserIssuerProps } from "./token-issuers";
import type { WitnessesProps } from "./witnesses";

export interface AwsProps {
  /** Account of the agents' roles, 12 digits */
  readonly account: string;
  /** Region of the platform, such as `"eu-central-1"` */
  readonly region: string;
  /**
   * How agents reach AWS.
   *
   * @default - agents with AWS data are refused
   */
  readonly network?: NetworkProps;
  /**
   * Regions agents may call.
   *
   * @default - the platform's own
   */
  readonly regions?: readonly string[];
  /**
   * Other accounts whose data agents may be granted.
   *
   * @default - none
   */
  readonly dataAccounts?: readonly string[];
  /**
   * Quotas of the account that AWS has raised.
   *
   * @default - 1,000 roles per account, 2,048 characters per trust policy
   */
  readonly quotas?: { readonly roles?: number; readonly trustPolicyCharacters?: number };
  /**
   * Trust anchor for agents with `{ federated: "roles-anywhere" }`. Its ARN is known after the trust stack's first
   * apply, or from the team that owns it.
   *
   * @default - such agents are refused
   */
  readonly rolesAnywhere?: { readonly trustAnchorArn: string };
}

/** Pods of an OpenTelemetry collector that Ambit does not deploy */
export interface CollectorPods {
  /** Origin at which it takes OTLP over HTTP, such as `http://ambit-collector.monitoring.svc:4318` */
  readonly address: string;
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface ClusterProps {
  /** Name of the EKS cluster, for short-lived tokens from `aws eks get-token` */
  readonly name: string;
  /** https address of the API server */
  readonly endpoint: string;
  /** Certificate of the API server's CA, base64 of PEM */
  readonly certificateAuthority: string;
  /** The cluster's own OIDC issuer, through which platform components (not agents) get their roles */
  readonly oidcIssuer: string;
  /** The most nodes it may have: SPIRE runs an agent on each, and sizes its servers by their number */
  readonly nodes: number;
  /** Address ranges of the nodes, where the kubelets answer */
  readonly nodeCidrs: readonly string[];
  /**
   * Address ranges from which, and at which, the API server talks to pods: the subnets of the control plane, and the
   * cluster address of the service `kubernetes` in `default`. The VPC CNI looks at the address that a pod calls.
   */
  readonly apiServerCidrs: readonly string[];
  /**
   * Kubernetes users and groups that deploy the platform. Admission lets only them write the objects that identities are derived from.
   *
   * @default - the group `ambit:deployers`
   */
  readonly deployers?: { readonly users?: readonly string[]; readonly groups?: readonly string[] };
  /**
   * Namespaces whose pods may mount the host folders in which SPIRE's sockets lie. Their pods can be any agent.
   *
   * @default - `kube-system`
   */
  readonly hostPathNamespaces?: readonly string[];
  /**
   * Pods that may read the metrics of SPIRE.
   *
   * @default - none
   */
  readonly monitoring?: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };
  /**
   * Where traces and metrics go. `"deployed"`: to a collector in `ambit-system`, by mutual TLS; companions send their
   * traces too. Otherwise to pods of yours, to which only exchange and gateway send: a workload that reaches those pods
   * can report for every agent, so agents' pods have no route there.
   *
   * @default - none, and nothing is measured
   */
  readonly collector?: CollectorPods | "deployed";
  /**
   * Pods that answer DNS.
   *
   * @default - `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: { readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> };
}

export interface AuditProps {
  /** Days for which a record can be neither changed nor deleted */
  readonly retentionDays: number;
  /**
   * `GOVERNANCE` lets principals with `s3:BypassGovernanceRetention` shorten it.
   *
   * @default "COMPLIANCE"
   */
  readonly mode?: "COMPLIANCE" | "GOVERNANCE";
}

export interface IntentProps {
  /** https address that takes the question */
  readonly url: string;
  /**
   * Milliseconds after which the call is denied, at most 10,000.
   *
   * @default 500
   */
  readonly timeoutMs?: number;
}

export interface UserListenerProps {
  /** Domain below which each agent that serves has a host name, `<agent>.<domain>` */
  readonly domain: string;
  /** Highest sensitivity that may be answered through it: no way in that it leads to may have a higher clearance */
  readonly clearance: SensitivityName;
}

export interface PlatformProps {
  /** Name of the environment; part of every role's name */
  readonly name: string;
  /** One per cluster and environment */
  readonly trustDomain: string;
  /** https address under which SPIRE's keys are published (claim `iss` of a JWT-SVID) */
  readonly issuer: string;
  /** The organisation's own domains: a write at any other host is outward */
  readonly domains: readonly string[];
  readonly aws: AwsProps;
  readonly cluster: ClusterProps;
  /**
   * Groups of people who may decide on approvals. By name, with what each is cleared for; a list of names is of groups that are
   * cleared for `internal`.
   */
  readonly approvers: Readonly<Record<string, ApproverGroupProps>> | readonly string[];
  /**
   * How people are identified, and which of them may stop agents.
   *
   * @default - people are unknown, and nothing can be approved
   */
  readonly people?: PeopleProps;
  /**
   * Identity providers whose access tokens show that a user started a task.
   *
   * @default - none: a task that a user starts is refused
   */
  readonly issuers?: readonly UserIssuerProps[];
  /**
   * What may start tasks by schedule and by event, such as a scheduler that signs start tokens.
   *
   * @default - none: a task that a schedule or an event starts is refused
   */
  readonly starters?: readonly StarterProps[];
  /**
   * Whether there is a kill switch: the foundation has its key and role, the control stack its function, and the exchange
   * takes its orders.
   *
   * @default false
   */
  readonly killSwitch?: boolean;
  /**
   * Where users, schedules and events reach agents from outside the cluster.
   *
   * @default - nowhere: an agent is reached from within the cluster alone
   */
  readonly userListener?: UserListenerProps;
  /**
   * Container images by name, each pinned by digest (`registry/name@sha256:…`).
   *
   * @default - none
   */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * A service that judges whether a call serves its task's goal, asked at every call: a call that it refuses, or does
   * not answer, is denied.
   *
   * @default - none
   */
  readonly intent?: IntentProps;
  /**
   * Credentials for calls of tools: users' tokens at the tools' own servers, clients, keys.
   *
   * @default - none
   */
  readonly outbound?: OutboundProps;
  /**
   * What agents of a tier of risk must have. An empty list asks for nothing.
   *
   * @default - from critical on, an approval for each task that calls high-impact or outward actions
   */
  readonly risk?: readonly RiskControl[];
  /**
   * Where Terraform keeps its state.
   *
   * @default - a local file per stack
   */
  readonly state?: { readonly bucket: string; readonly key: string; readonly kmsKey?: string };
  /**
   * How long audit records are locked.
   *
   * @default - 365 days, COMPLIANCE: it cannot be shortened
   */
  readonly audit?: AuditProps;
  /**
   * Witnesses of the audit log, run by others.
   *
   * @default - none: a rollback of the audit log by its owner goes undetected
   */
  readonly witnesses?: WitnessesProps;
  /**
   * Whether keys, tables and the audit bucket refuse to be destroyed. `false` is for environments made to be thrown away.
   *
   * @default true
   */
  readonly protectData?: boolean;
  /**
   * Terraform provider versions, for users behind a mirror.
   *
   * @default - the versions that the bindings were made for
   */
  readonly providerVersions?: { readonly aws?: string; readonly kubernetes?: string };
  /**
   * Where the present comes from.
   *
   * @default - the system's clock
   */
  readonly clock?: Clock;
}
