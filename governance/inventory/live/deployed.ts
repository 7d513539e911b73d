import type { TrailHistory } from "./trail/record";

/** What a source said, or why it is not known: what could not be asked is never taken for absent or unused */
export type Asked<T> = { readonly known: T } | { readonly unknown: string };

/** What runs, as its sources tell it. Nothing of it is trusted. */
export interface Deployed {
  /** When it was asked (seconds since 1970) */
  readonly at: number;
  /** IAM roles of agents in the platform's account, at any path */
  readonly aws: Asked<readonly DeployedRole[]>;
  /** By path @default none, or they were not asked for */
  readonly otherPlatforms?: readonly OtherPlatform[];
  /** What sessions of these roles called, as the event history of CloudTrail tells it */
  readonly cloudtrail: Asked<CallHistory>;
  /** What the files of a trail show, data events too; left out if none was named */
  readonly trail?: Asked<TrailHistory>;
  readonly kubernetes: Asked<DeployedCluster>;
  /** Names of the agents in the registry that the exchange issues by */
  readonly registry: Asked<readonly string[]>;
}

/** Another platform of the account, whose roles are not compared */
export interface OtherPlatform {
  /** Of its agents' roles */
  readonly path: string;
  /** How many */
  readonly roles: number;
}

export interface DeployedRole {
  readonly arn: string;
  /** Value of its tag `ambit.internal/agent` */
  readonly agent?: string;
  /** Seconds since 1970 */
  readonly createdAt: number;
  /** Seconds since 1970 (IAM API, RoleLastUsed); left out if there was no use in the last 400 days */
  readonly lastUsed?: number;
  readonly uses: Asked<readonly ServiceUse[]>;
}

/** Last attempts of a role at a service (IAM API, ServiceLastAccessed) */
export interface ServiceUse {
  /** Namespace such as `s3` */
  readonly service: string;
  /** Seconds since 1970; left out if there was none in the last 400 days */
  readonly last?: number;
  /** Actions whose use AWS reports one by one (IAM API, TrackedActionLastAccessed), such as `GetObject` */
  readonly actions: readonly { readonly name: string; readonly last?: number }[];
}

/** Calls that management events tell (CloudTrail API, LookupEvents), refused ones too */
export interface CallHistory {
  /** Since then all of them are told (seconds since 1970) */
  readonly since: number;
  /** Of the same role, action and target at least the last one */
  readonly calls: readonly DeployedCall[];
}

export interface DeployedCall {
  /** ARN of the role whose session called; left out if the event does not tell */
  readonly role?: string;
  /** Such as `secretsmanager:GetSecretValue`; `s3:*` for one that may be any of the service */
  readonly action: string;
  /** Whether the event does not tell that it was this action on this target @default - it does */
  readonly isPerhaps?: true;
  /** Of a secret as the caller named it, of other data its place as it is declared; empty for other data; left out if the event does not tell */
  readonly target?: string;
  /** Seconds since 1970 */
  readonly at: number;
}

export interface DeployedCluster {
  readonly serviceAccounts: readonly LabelledAccount[];
  /** Those with a label of an agent, or with the service account of one */
  readonly pods: readonly DeployedPod[];
}

/** What bears the label `ambit.internal/agent` */
export interface LabelledAccount {
  readonly namespace: string;
  readonly name: string;
  readonly agent: string;
}

export interface DeployedPod extends Omit<LabelledAccount, "agent"> {
  /** Left out without the label */
  readonly agent?: string;
  readonly serviceAccount: string;
}
