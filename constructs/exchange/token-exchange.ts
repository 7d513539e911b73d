import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { CONTROL_PORTS } from "../platform/control-plane";
import { digestOf } from "../platform/digest";
import { dynamodbUrl } from "../platform/dynamodb-url";
import type { Resources } from "../platform/hardened";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE, LABELS } from "../platform/names";
import { noticePlaces } from "../platform/notices";
import { podsIn, ranges, tcp, toAws, toCollector, toDns } from "../platform/peers";
import { podLabels } from "../platform/pods";
import { checkedReplicas, type Replicas } from "../platform/replicas";
import { scaledPods } from "../platform/scaled-pods";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { CLASS_IS_THE_CONTROLLERS } from "../platform/load-balancer";
import type { ApproverPage } from "./approver-page";
import { approverPageOf, noticesHavePage, pushesHavePage } from "./private/approver-page-checks";
import { type Connections, connectionsOf } from "./private/connections";
import { issuerOf, keyCidrsOf, reachesAws, signerOf } from "./private/exchange-checks";
import { exchangeConfig, FILE, PAGE_PORT, type TokenKey } from "./private/exchange-config";
import { exchangePod } from "./private/exchange-pod";
import { formerKeysOf } from "./private/former-keys";
import { keyAnnotations, publicKeys } from "./private/public-keys";
import { silenceAlarm, silenceAlarmOf } from "./private/silence-alarm";
import type { SilenceAlarm } from "./silence-alarm";

const NAME = CONTROL_ACCOUNT.exchange;
const METADATA = { name: NAME, namespace: CONTROL_NAMESPACE };
const LABELS_OF_EXCHANGE = podLabels(NAME, "ambit");
/** Seconds: for five it goes on answering, and finishes what it has begun within ten more. */
const STOPPING = 30;

export interface TokenExchangeProps {
  /**
   * Address ranges (CIDR) at which keys are published: of JWT-SVIDs, of users' issuers and of starters; and at which
   * users' issuers report ended logins. Outside the cluster and AWS the exchange reaches only these, and those in
   * `outbound`, `notify` and `witnesses` of the platform.
   */
  readonly keyCidrs: readonly string[];
  /**
   * Claim `iss` of the tokens, and the only audience that evidence may have: an https origin. It is a name; the
   * companions know the address.
   *
   * @default - `https://exchange.<trust domain>`
   */
  readonly issuer?: string;
  /**
   * The key that signs. Both are published, so a change goes without a gap.
   *
   * @default "tokens"
   */
  readonly signsWith?: TokenKey;
  /**
   * Public keys in PEM that may have signed the registry as well, while the key `registry` is being rotated.
   *
   * @default - none
   */
  readonly formerRegistryKeys?: readonly string[];
  /**
   * Serves the page on which people decide on approvals.
   *
   * @default - it is not served
   */
  readonly approverPage?: ApproverPage;
  /**
   * Alarms where an issuer of users with `signals` is not heard any more.
   *
   * @default - there is no alarm
   */
  readonly silenceAlarm?: SilenceAlarm;
  /**
   * Pods, by their load; at least two.
   *
   * @default - 2 to 10
   */
  readonly replicas?: Replicas;
  /**
   * Connections that a pod holds at once. Agents and gateway have an address per pod; raise `perAddress` if a load
   * balancer or proxy in between shows one address for many clients.
   *
   * @default - 2,000, and 128 of one remote address
   */
  readonly connections?: Connections;
  /**
   * Resources a pod asks for and may not exceed.
   *
   * @default - 1 CPU, 512Mi memory
   */
  readonly resources?: Resources;
  /**
   * What must be there before: the control namespace.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** The exchange in the cluster: it turns the proof that a task was started into short-lived tokens for that task. */
export class TokenExchange extends Construct {
  public readonly issuer: string;
  /** Where companions ask */
  public readonly address: string;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `exchange.malformed`, `platform.malformed` */
  constructor(scope: Construct, id: string, props: TokenExchangeProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const { after = [] } = props;
    const signsWith = signerOf(props.signsWith ?? "tokens", where);
    const keyCidrs = keyCidrsOf(props.keyCidrs, where);
    const replicas = checkedReplicas(props.replicas ?? { min: 2, max: 10 }, where, {
      code: "exchange.malformed",
      stopped: "agents",
    });
    reachesAws(platform, where);
    this.issuer = issuerOf(props.issuer, platform, where);
    this.address = `https://${NAME}.${CONTROL_NAMESPACE}.svc:${CONTROL_PORTS.exchange}`;

    const formerRegistryKeys = formerKeysOf(props.formerRegistryKeys ?? [], where);
    const connections = props.connections && connectionsOf(props.connections, where);
    const page = props.approverPage && approverPageOf(props.approverPage, platform, where);
    const alarm = props.silenceAlarm && silenceAlarmOf(props.silenceAlarm, platform, where);
    const url = dynamodbUrl(this);
    const hasApproverPage = page !== undefined;
    noticesHavePage(platform, hasApproverPage, where);
    pushesHavePage(platform, hasApproverPage, where);
    const settings = { issuer: this.issuer, signsWith, formerRegistryKeys, connections, hasApproverPage };
    const textWith = (address: string | undefined): string => {
      const config = exchangeConfig(platform, { ...settings, dynamodbUrl: address });
      return `${JSON.stringify(config, undefined, 2)}\n`;
    };
    const text = textWith(url);
    const keys = publicKeys(this);
    const dependsOn = [...after];
    const before = [
      new ConfigMapV1(this, "Config", {
        metadata: METADATA,
        data: { [FILE.config]: text, [FILE.registryKey]: keys.registry },
        dependsOn,
      }),
      new ServiceAccountV1(this, "Account", { metadata: METADATA, automountServiceAccountToken: false, dependsOn }),
      this.makeService(dependsOn),
      this.makeNetwork(keyCidrs, page, dependsOn),
    ];
    if (page !== undefined) this.openToPeople(page, dependsOn);
    if (alarm !== undefined) silenceAlarm(this, alarm);
    const resources = props.resources ?? { cpu: "1", memory: "512Mi" };
    const image = platform.image("exchange", where);
    const pod = exchangePod({ image, resources, platform, pageSecret: page?.certificate });
    // An address that is found at the plan has no digest yet, so it starts new pods by itself.
    const found = url !== undefined && Token.isUnresolved(url);
    const annotations = {
      "ambit.internal/config": digestOf(found ? textWith("found") : text),
      ...(found ? { "ambit.internal/dynamodb": url } : {}),
      ...keyAnnotations(keys),
    };
    const deployment = scaledPods(this, {
      ...METADATA,
      replicas,
      annotations,
      stoppingSeconds: STOPPING,
      containers: [pod.container],
      volumes: pod.volumes,
      before,
      after,
    });
    this.ready = [deployment];
  }

  private makeService(dependsOn: ITerraformDependable[]): ITerraformDependable {
    const port = CONTROL_PORTS.exchange;
    return new ServiceV1(this, "Service", {
      metadata: METADATA,
      spec: {
        selector: { ...LABELS_OF_EXCHANGE },
        port: [{ name: "tokens", port, targetPort: String(port), protocol: "TCP" }],
      },
      dependsOn,
    });
  }

  private openToPeople({ annotations }: Required<ApproverPage>, dependsOn: ITerraformDependable[]): void {
    new ServiceV1(this, "Page", {
      metadata: { ...METADATA, name: `${NAME}-approvers`, annotations: { ...annotations } },
      waitForLoadBalancer: true,
      lifecycle: CLASS_IS_THE_CONTROLLERS,
      spec: {
        type: "LoadBalancer",
        // Connections are counted by the address of the browser, which a second hop within the cluster would hide.
        externalTrafficPolicy: "Local",
        selector: { ...LABELS_OF_EXCHANGE },
        port: [{ name: "page", port: 443, targetPort: String(PAGE_PORT), protocol: "TCP" }],
      },
      dependsOn,
    });
  }

  /** Agents and the gateway come in, and people where there is a page; DNS, AWS and the keys of issuers are reached. */
  private makeNetwork(
    keyCidrs: readonly string[],
    page: Required<ApproverPage> | undefined,
    dependsOn: ITerraformDependable[],
  ): ITerraformDependable {
    const platform = platformOf(this);
    const agents = {
      namespaceSelector: { matchLabels: { [LABELS.namespace]: "agents" } },
      podSelector: { matchLabels: { [LABELS.managed]: "true" } },
    };
    const gateway = podsIn(CONTROL_NAMESPACE, { "app.kubernetes.io/name": CONTROL_ACCOUNT.gateway });
    const { outbound, witnesses } = platform;
    const others = [...(outbound?.cidrs ?? []), ...noticeRanges(platform), ...(witnesses?.cidrs ?? [])];
    const reached = new Set([...keyCidrs, ...others]);
    return new NetworkPolicyV1(this, "Network", {
      metadata: METADATA,
      spec: {
        podSelector: { matchLabels: { ...LABELS_OF_EXCHANGE } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [agents, gateway], ports: tcp(CONTROL_PORTS.exchange) },
          ...(page === undefined ? [] : [{ from: ranges(page.clientCidrs), ports: tcp(PAGE_PORT) }]),
        ],
        egress: [
          toDns(platform),
          ...toAws(platform),
          { to: ranges([...reached]), ports: tcp(443) },
          ...toCollector(platform, "control"),
        ],
      },
      dependsOn,
    });
  }
}

function noticeRanges(platform: Platform): readonly string[] {
  return noticePlaces(platform).flatMap(({ cidrs }) => cidrs);
}
