import {
  type AgentDeclaration,
  type Clock,
  dnsLabel,
  own,
  type RegistryPeople,
  type RegistryTrust,
  rememberSource,
  systemClock,
  type Task,
  TrustDomain,
} from "../../domain";
import { KILL_SWITCH_KEY_USE, killSwitchIssuer } from "../../domain/kill-order";
import type { DeclaredSources } from "../../domain/starter";
import { withoutScheme } from "../../domain/issuer-address";
import { TRUST_POLICY_CHARACTERS } from "../../iam";
import { cluster, deployers, type Principals } from "./cluster-checks";
import { AGENT_ROLE_PATH, CONTROL_NAMESPACE, joined, PLATFORM_PATH, roleName } from "./names";
import { MissingImages } from "./missing-images";
import { type Network, networkOf } from "./network";
import { outboundOf, type PlatformOutbound } from "./outbound";
import { type ApproverGroup, approverGroups, linksToPage, peopleOf } from "./people";
import {
  account,
  count,
  flag,
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
  type UserListener,
  userListener,
} from "./platform-checks";
import type { AuditProps, ClusterProps, IntentProps, PlatformProps } from "./platform-props";
import { type PlatformRiskControl, riskControlsOf } from "./risk-controls";
import { type PlatformSignals, signalsOf } from "./signals";
import { eventSources, tokenIssuers } from "./token-issuers";
import { type WitnessesProps, witnessesOf } from "./witnesses";

/** IAM quota "Roles per account"; AWS raises it on request. */
const DEFAULT_ROLE_QUOTA = 1_000;

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
  /** What each group of approvers is cleared for, by name */
  public readonly approvers: ReadonlyMap<string, ApproverGroup>;
  /** Who decides on approvals and stops agents */
  public readonly people: RegistryPeople | undefined;
  /** Whose tokens start tasks */
  public readonly trust: RegistryTrust;
  /** What the events of its starters tell of, by issuer, where that is known */
  public readonly eventSources: ReadonlyMap<string, DeclaredSources>;
  /** Whether a function stops agents, and the exchange takes its orders */
  public readonly hasKillSwitch: boolean;
  public readonly images: Readonly<Record<string, string>>;
  public readonly intent: Required<IntentProps> | undefined;
  public readonly outbound: PlatformOutbound | undefined;
  /** What issuers of users tell, sorted by issuer */
  public readonly signals: readonly PlatformSignals[];
  public readonly userListener: UserListener | undefined;
  public readonly audit: Required<AuditProps>;
  public readonly witnesses: Required<WitnessesProps> | undefined;
  public readonly protectData: boolean;
  public readonly clock: Clock;
  /** What agents of a tier of risk must have */
  public readonly riskControls: readonly PlatformRiskControl[];
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
    this.approvers = approverGroups(
      props.approvers,
      { region: this.region, accounts: this.accounts, notify: props.people?.notify },
      where,
    );
    const ofWorkloads = { issuer: this.issuer, "cluster.oidcIssuer": this.cluster.oidcIssuer };
    this.hasKillSwitch = flag(props.killSwitch ?? false, where, "killSwitch");
    const killSwitch = { issuer: killSwitchIssuer(this.trustDomain), kms: [KILL_SWITCH_KEY_USE] };
    this.trust = {
      ...tokenIssuers({ issuers: props.issuers ?? [], starters: props.starters ?? [], ofWorkloads }, where),
      ...(this.hasKillSwitch && { killSwitch }),
    };
    this.eventSources = eventSources(props.starters ?? [], where);
    this.images = pinned(props.images ?? {}, where);
    this.intent = props.intent && intent(props.intent, where);
    this.outbound = props.outbound && outboundOf(props.outbound, this, where);
    this.signals = signalsOf(props.issuers ?? [], this, where);
    this.userListener = props.userListener && userListener(props.userListener, where);
    this.people = props.people && peopleOf(props.people, { ofWorkloads, ...this }, where);
    linksToPage(this.approvers, this.people, where);
    this.audit = retention(props.audit, where);
    this.witnesses = props.witnesses && witnessesOf(props.witnesses, where);
    if (props.state !== undefined) state(props.state, where);
    this.riskControls = riskControlsOf(props.risk, where);
    this.protectData = props.protectData ?? true;
    this.clock = props.clock ?? systemClock;
  }

  /** Accounts whose data agents may touch, sorted */
  public get accounts(): readonly string[] {
    return [...new Set([this.account, ...this.dataAccounts])].sort();
  }

  /** ARN of the account, which stands for all its principals; trust policies narrow it by condition */
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

  public get gatewayRoleName(): string {
    return `ambit-${this.name}-gateway`;
  }

  public get gatewayRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.gatewayRoleName}`;
  }

  public get collectorRoleName(): string {
    return `ambit-${this.name}-collector`;
  }

  public get collectorRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.collectorRoleName}`;
  }

  /** Name of what belongs to one starter: role, function, queue and schedule */
  public starterName(name: string): string {
    return `ambit-${this.name}-starter-${name}`;
  }

  public starterRoleArn(name: string): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.starterName(name)}`;
  }

  public get killSwitchName(): string {
    return `ambit-${this.name}-kill-switch`;
  }

  public get killSwitchRoleArn(): string {
    return `arn:${this.partition}:iam::${this.account}:role${PLATFORM_PATH}${this.killSwitchName}`;
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
    const { stateTable, personKeyTable, registryTable, auditBucket, policyBucket, trailBucket } = this;
    const { state } = this.props;
    const own = [stateTable, personKeyTable, registryTable, auditBucket, policyBucket, trailBucket];
    return [...own, ...(state === undefined ? [] : [state.bucket])];
  }

  public get stateTable(): string {
    return `ambit-${this.name}-state`;
  }

  public get personKeyTable(): string {
    return `ambit-${this.name}-person-keys`;
  }

  public get registryTable(): string {
    return `ambit-${this.name}-registry`;
  }

  public get auditBucket(): string {
    return `ambit-audit-${this.name}-${this.account}`;
  }

  /** To which CloudTrail delivers, where the foundation has a trail */
  public get trailBucket(): string {
    return `ambit-trail-${this.name}-${this.account}`;
  }

  public get trailName(): string {
    return `ambit-${this.name}`;
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
