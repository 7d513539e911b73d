import {
  type AgentDeclaration,
  type Clock,
  dnsLabel,
  own,
  type RegistryTrust,
  rememberSource,
  systemClock,
  type Task,
  TrustDomain,
} from "../../domain";
import { TRUST_POLICY_CHARACTERS } from "../../iam";
import { cluster, deployers, type Principals } from "./cluster-checks";
import { AGENT_ROLE_PATH, CONTROL_NAMESPACE, joined, PLATFORM_PATH, roleName } from "./names";
import { MissingImages } from "./missing-images";
import { type Network, type NetworkProps, networkOf } from "./network";
import { outboundOf, type OutboundProps, type PlatformOutbound } from "./outbound";
import {
  account,
  count,
  intent,
  issuer,
  ownDomain,
  partitionOf,
  pinned,
  realTrustDomain,
  region,
  retention,
  state,
  trustAnchor,
  withoutScheme,
} from "./platform-checks";
import { type StarterProps, type TokenIssuerProps, tokenIssuers } from "./token-issuers";

/** IAM quota "Roles per account"; AWS raises it on request. */
const DEFAULT_ROLE_QUOTA = 1_000;

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
   * Kubernetes users and groups that deploy the platform. Admission lets nobody else write what identity rests on.
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
  /** Groups of people who may decide on approvals */
  readonly approvers: readonly string[];
  /**
   * Identity providers whose access tokens show that a user started a task.
   *
   * @default - none: a task that a user starts is refused
   */
  readonly issuers?: readonly TokenIssuerProps[];
  /**
   * What may start tasks by schedule and by event, such as a scheduler that signs start tokens.
   *
   * @default - none: a task that a schedule or an event starts is refused
   */
  readonly starters?: readonly StarterProps[];
  /**
   * Container images by name, each pinned by digest (`registry/name@sha256:…`).
   *
   * @default - none
   */
  readonly images?: Readonly<Record<string, string>>;
  /**
   * A service that judges whether a call serves its task's goal, asked at every call: what it refuses, or does not
   * answer, is denied.
   *
   * @default - nobody is asked
   */
  readonly intent?: IntentProps;
  /**
   * What tools are called with, besides the call itself: users' tokens at the tools' own servers, clients, keys.
   *
   * @default - nothing
   */
  readonly outbound?: OutboundProps;
  /**
   * Where Terraform keeps its state.
   *
   * @default - a local file per stack
   */
  readonly state?: { readonly bucket: string; readonly key: string; readonly kmsKey?: string };
  /**
   * How long audit records are locked.
   *
   * @default - 365 days, COMPLIANCE: nobody can shorten it
   */
  readonly audit?: AuditProps;
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

/** The organisation's fixed facts. A value, not a construct: every stack gets the same one. */
export class Platform {
  public readonly name: string;
  public readonly trustDomain: TrustDomain;
  public readonly issuer: string;
  public readonly domains: readonly string[];
  public readonly account: string;
  public readonly region: string;
  public readonly regions: readonly string[];
  public readonly partition: string;
  public readonly dataAccounts: readonly string[];
  public readonly network: Network;
  public readonly quotas: { readonly roles: number; readonly trustPolicyCharacters: number };
  public readonly trustAnchorArn: string | undefined;
  public readonly cluster: ClusterProps;
  public readonly dns: NonNullable<ClusterProps["dns"]>;
  public readonly deployers: Principals;
  public readonly hostPathNamespaces: readonly string[];
  public readonly approvers: readonly string[];
  /** Whose tokens start tasks */
  public readonly trust: RegistryTrust;
  public readonly images: Readonly<Record<string, string>>;
  public readonly intent: Required<IntentProps> | undefined;
  public readonly outbound: PlatformOutbound | undefined;
  public readonly audit: Required<AuditProps>;
  public readonly protectData: boolean;
  public readonly clock: Clock;
  public readonly where = "platform";
  public readonly missingImages = new MissingImages();

  /** @throws DeclarationError `platform.malformed`, `image.unpinned` and others, naming the property. */
  constructor(public readonly props: PlatformProps) {
    const { where } = this;
    rememberSource(this, Platform);
    const { aws } = props;
    const { quotas = {} } = aws;
    this.name = dnsLabel(props.name, where, "name", 24);
    this.trustDomain = realTrustDomain(TrustDomain.of(props.trustDomain, where), where);
    this.issuer = issuer(props.issuer, where, "issuer");
    this.domains = props.domains.map((domain) => ownDomain(domain, where));
    this.account = account(aws.account, where, "aws.account");
    this.region = region(aws.region, where);
    this.regions = [...new Set([this.region, ...(aws.regions ?? []).map((name) => region(name, where))])].sort();
    this.partition = partitionOf(this.region);
    this.dataAccounts = (aws.dataAccounts ?? []).map((id) => account(id, where, "aws.dataAccounts"));
    this.network = networkOf(aws.network, where);
    this.quotas = {
      roles: count(quotas.roles ?? DEFAULT_ROLE_QUOTA, where, "aws.quotas.roles"),
      trustPolicyCharacters: count(
        quotas.trustPolicyCharacters ?? TRUST_POLICY_CHARACTERS,
        where,
        "aws.quotas.trustPolicyCharacters",
      ),
    };
    this.trustAnchorArn = aws.rolesAnywhere && trustAnchor(aws.rolesAnywhere.trustAnchorArn, where);
    this.cluster = cluster(props.cluster, where);
    this.dns = props.cluster.dns ?? { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } };
    this.deployers = deployers(props.cluster.deployers, where);
    this.hostPathNamespaces = (props.cluster.hostPathNamespaces ?? ["kube-system"]).map((name) =>
      dnsLabel(name, where, "cluster.hostPathNamespaces"),
    );
    this.approvers = props.approvers.map((group) => dnsLabel(group, where, "approvers"));
    this.trust = tokenIssuers(
      {
        issuers: props.issuers ?? [],
        starters: props.starters ?? [],
        ofWorkloads: { issuer: this.issuer, "cluster.oidcIssuer": this.cluster.oidcIssuer },
      },
      where,
    );
    this.images = pinned(props.images ?? {}, where);
    this.intent = props.intent && intent(props.intent, where);
    this.outbound = props.outbound && outboundOf(props.outbound, this, where);
    this.audit = retention(props.audit, where);
    if (props.state !== undefined) state(props.state, where);
    this.protectData = props.protectData ?? true;
    this.clock = props.clock ?? systemClock;
  }

  /** Accounts whose data agents may touch, sorted */
  public get accounts(): readonly string[] {
    return [...new Set([this.account, ...this.dataAccounts])].sort();
  }

  /** ARN of everybody in the account; trust policies narrow it by condition */
  public get accountRoot(): string {
    return `arn:${this.partition}:iam::${this.account}:root`;
  }

  public get boundaryName(): string {
    return joined([this.name, "agent-boundary"], 128);
  }

  public get boundaryArn(): string {
    return `arn:${this.partition}:iam::${this.account}:policy${PLATFORM_PATH}${this.boundaryName}`;
  }

  public get exchangeRoleName(): string {
    // Without a dot, so that no agent's role has this name.
    return `ambit-${this.name}-exchange`;
  }

  public get exchangeRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.exchangeRoleName}`;
  }

  public get spireServerRoleName(): string {
    return `ambit-${this.name}-spire-server`;
  }

  public get spireServerRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.spireServerRoleName}`;
  }

  public get opaRoleName(): string {
    return `ambit-${this.name}-opa`;
  }

  public get opaRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.opaRoleName}`;
  }

  /** Path of this environment's agent roles */
  public get agentRolePath(): string {
    return `${AGENT_ROLE_PATH}${this.name}/`;
  }

  /** Name of an agent's role: one per agent, or one per task where the agent is federated */
  public agentRoleName(agent: AgentDeclaration, task: Task): string {
    const own = [this.name, agent.name];
    return roleName(...(agent.credentials === "brokered" ? own : [...own, task.name]));
  }

  public agentRoleArn(agent: AgentDeclaration, task: Task): string {
    return `arn:${this.partition}:iam::${this.account}:role${this.agentRolePath}${this.agentRoleName(agent, task)}`;
  }

  public oidcProviderArn(issuerUrl: string): string {
    return `arn:${this.partition}:iam::${this.account}:oidc-provider/${withoutScheme(issuerUrl)}`;
  }

  /** Names of the tables and buckets in which Ambit keeps its own records */
  public get ownStores(): readonly string[] {
    const { stateTable, registryTable, auditBucket, policyBucket } = this;
    const { state } = this.props;
    return [stateTable, registryTable, auditBucket, policyBucket, ...(state === undefined ? [] : [state.bucket])];
  }

  public get stateTable(): string {
    return `ambit-${this.name}-state`;
  }

  public get registryTable(): string {
    return `ambit-${this.name}-registry`;
  }

  public get auditBucket(): string {
    return `ambit-audit-${this.name}-${this.account}`;
  }

  public get policyBucket(): string {
    return `ambit-${this.name}-policy-${this.account}`;
  }

  /** Alias of one of the platform's keys, by what it is for */
  public keyAlias(use: string): string {
    return `alias/ambit/${this.name}/${use}`;
  }

  public get controlNamespace(): string {
    return CONTROL_NAMESPACE;
  }

  /** The image of this name; one that is missing is refused with all others when a stack is synthesized. */
  public image(name: string, where: string): string {
    return own(this.images, name) ?? this.missingImages.note(name, where);
  }
}
