/** What a source said, or why it is not known: what could not be asked is never taken for absent or unused */
export type Asked<T> = { readonly known: T } | { readonly unknown: string };

/** What runs, as its sources tell it. Nothing of it is trusted. */
export interface Deployed {
  /** When it was asked (seconds since 1970) */
  readonly at: number;
  /** IAM roles at the path of the platform's agents */
  readonly aws: Asked<readonly DeployedRole[]>;
  readonly kubernetes: Asked<DeployedCluster>;
  /** Names of the agents in the registry that the exchange issues by */
  readonly registry: Asked<readonly string[]>;
}

export interface DeployedRole {
  readonly arn: string;
  /** Value of its tag `ambit.internal/agent` */
  readonly agent?: string;
  /** Seconds since 1970 */
  readonly createdAt: number;
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

export interface DeployedCluster {
  readonly serviceAccounts: readonly LabelledAccount[];
  readonly pods: readonly LabelledPod[];
}

/** What bears the label `ambit.internal/agent` */
export interface LabelledAccount {
  readonly namespace: string;
  readonly name: string;
  readonly agent: string;
}

export interface LabelledPod extends LabelledAccount {
  readonly serviceAccount: string;
}
