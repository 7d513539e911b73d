import {
  DeploymentV1,
  type DeploymentV1SpecTemplateSpecContainer,
  type DeploymentV1SpecTemplateSpecContainerEnv,
} from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { Construct } from "constructs";
import { type AgentDeclaration, COMPANION_PORTS, refuse, shown } from "../../domain";
import { pushedTo } from "../../domain/pushes";
import { type CollectorWay, collectorOf } from "../platform/collector";
import { CONTROL_PORTS } from "../platform/control-plane";
import { withoutCreationStacks } from "../platform/creation-stacks";
import { dynamodbUrl } from "../platform/dynamodb-url";
import { hardened, RESTRICTED_POD, variables } from "../platform/hardened";
import { CONTROL_NAMESPACE, LABELS } from "../platform/names";
import type { Platform } from "../platform/platform";
import { checkPinned } from "../platform/platform-checks";
import { alive, ports, probe } from "../platform/pods";
import { platformOf } from "../platform/scope";
import type { Agent } from "./agent";
import { type AwsCredentialsSource, awsCredentialsSource } from "./aws-credentials";
import { type Stopping, stoppingOf } from "./stopping";

/** Where the companion answers, on the pod's loopback only */
export const COMPANION_URL = `http://127.0.0.1:${COMPANION_PORTS.own}`;

/** Its process takes 75 MiB and a quarter of a CPU second to start, and 130 MiB with a thousand runs. */
const COMPANION_RESOURCES = { cpu: "100m", memory: "160Mi" };

const SVID_FOLDER = "/spiffe-workload-api";

export interface AgentWorkloadProps {
  /** Image of the agent, pinned by digest */
  readonly image: string;

  /**
   * Command of the agent's container.
   *
   * @default - the image's own
   */
  readonly command?: readonly string[];

  /**
   * Environment of the agent's container. Values are plain text in the plan: no secrets.
   *
   * @default - only where the companion is, by what SDKs find AWS credentials and the region, and that no proxy is between
   */
  readonly env?: Readonly<Record<string, string>>;

  /**
   * Number of pods; 0 for a suspended agent.
   *
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Resources the agent's container asks for and may not exceed.
   *
   * @default - 250m CPU, 256Mi memory
   */
  readonly resources?: { readonly cpu: string; readonly memory: string };

  /**
   * Give the agent's own container the Workload API socket. Only for a federated agent that calls STS by itself;
   * otherwise only the companion holds SVIDs.
   *
   * @default false
   */
  readonly svidInAgentContainer?: boolean;
}

/**
 * A hardened Deployment for one agent, with the companion beside it.
 *
 * It satisfies the restricted pod security standard: no root, no writable root file system, no capability, no service
 * account token.
 */
export class AgentWorkload extends Construct {
  constructor(scope: Agent, id: string, props: AgentWorkloadProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const { declaration: agent, identity } = scope;
    checkPinned(props.image, where, "image");
    const replicas = props.replicas ?? 1;
    if (!Number.isInteger(replicas) || replicas < 1) {
      const fix = "to stop an agent, set suspended: true in its declaration";
      refuse("limit.malformed", where, `replicas must be a whole number above zero, got ${shown(replicas)}: ${fix}`);
    }
    const withSvid = props.svidInAgentContainer ?? false;
    if (withSvid && agent.credentials === "brokered") {
      const fix = "leave it out: the companion gets credentials for it";
      refuse(
        "federated.refused",
        where,
        `svidInAgentContainer is only for a federated agent, and this one is brokered: ${fix}`,
      );
    }
    const image = platform.image("companion", where);
    const aws = awsCredentialsSource(agent, { url: COMPANION_URL, image });
    const stopping = stoppingOf(agent);
    const inbound = inboundOf(agent);
    const podLabels = { ...identity.podLabels, ...(withSvid ? { [LABELS.svid]: "agent-container" } : {}) };
    withoutCreationStacks(
      () =>
        new DeploymentV1(this, "Resource", {
          metadata: { name: agent.name, namespace: agent.namespace, labels: { ...identity.podLabels } },
          dependsOn: [...identity.ready],
          spec: {
            replicas: String(agent.isSuspended(platform.clock) ? 0 : replicas),
            selector: { matchLabels: { ...identity.agentLabel } },
            template: {
              metadata: { labels: podLabels },
              spec: {
                serviceAccountName: agent.serviceAccount,
                ...RESTRICTED_POD,
                terminationGracePeriodSeconds: stopping.graceSeconds,
                ...(aws.initContainers.length === 0 ? {} : { initContainer: [...aws.initContainers] }),
                container: [
                  {
                    ...agentContainer(props, withSvid, told(platform, agent, this), aws),
                    ...inbound.probe,
                    ...stopping.agent,
                  },
                  companion(image, inbound, stopping, collectorOf(platform)?.agents),
                ],
                volume: [
                  { name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } },
                  { name: "agent-tmp", emptyDir: { sizeLimit: "256Mi" } },
                  { name: "companion-tmp", emptyDir: { sizeLimit: "16Mi" } },
                  ...aws.volumes,
                ],
              },
            },
          },
        }),
    );
  }
}

function agentContainer(
  props: AgentWorkloadProps,
  withSvid: boolean,
  told: Told,
  aws: AwsCredentialsSource,
): DeploymentV1SpecTemplateSpecContainer {
  const environment = {
    ...told.region,
    ...props.env,
    ...direct(props.env),
    ...told.addresses,
    ...aws.environment,
    AMBIT_COMPANION_URL: COMPANION_URL,
    ...(withSvid ? SVID_ENVIRONMENT : {}),
  };
  return {
    ...hardened("agent", props.image, props.resources ?? { cpu: "250m", memory: "256Mi" }),
    ...(props.command === undefined ? {} : { command: [...props.command] }),
    env: variables(environment),
    volumeMount: [{ name: "agent-tmp", mountPath: "/tmp" }, ...aws.mounts, ...(withSvid ? [SVID_MOUNT] : [])],
  };
}

type Environment = Readonly<Record<string, string>>;

/** What SDKs are told of AWS besides credentials */
interface Told {
  /** Agents may say otherwise: of the two, some SDKs read the one, some the other. */
  readonly region: Environment;
  /** Of services whose usual name does not lead to the endpoint */
  readonly addresses: Environment;
}

function told({ network, region }: Platform, agent: AgentDeclaration, scope: Construct): Told {
  const usesAws = [...agent.tasks.values()].some((task) => task.awsData.length > 0);
  const isWritten = network.kind === "vpc" && network.dynamodbUrl !== undefined;
  const url = usesAws || isWritten ? dynamodbUrl(scope) : undefined;
  return {
    region: usesAws ? { AWS_REGION: region, AWS_DEFAULT_REGION: region } : {},
    addresses: url === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: url },
  };
}

/** Evidence goes to the companion, and to no proxy between: some programs read the one, some the other. */
function direct({ NO_PROXY, no_proxy }: Environment = {}): Environment {
  const hosts = [NO_PROXY, no_proxy, "127.0.0.1,localhost"].filter((value) => value !== undefined && value !== "");
  const all = [...new Set(hosts.join(",").split(","))].join(",");
  return { NO_PROXY: all, no_proxy: all };
}

function companion(
  image: string,
  inbound: Inbound,
  stopping: Stopping,
  traces: CollectorWay | undefined,
): DeploymentV1SpecTemplateSpecContainer {
  const service = (name: keyof typeof CONTROL_PORTS): string =>
    `https://ambit-${name}.${CONTROL_NAMESPACE}.svc:${CONTROL_PORTS[name]}`;
  return {
    ...hardened("companion", image, COMPANION_RESOURCES),
    env: [
      ...inbound.before,
      ...variables({
        ...SVID_ENVIRONMENT,
        ...inbound.environment,
        ...stopping.companion,
        AMBIT_LISTEN: COMPANION_URL,
        AMBIT_EXCHANGE_URL: service("exchange"),
        AMBIT_GATEWAY_URL: service("gateway"),
        ...(traces !== undefined && { AMBIT_COLLECTOR: traces.collector }),
        ...(traces?.spiffeId !== undefined && { AMBIT_COLLECTOR_ID: traces.spiffeId }),
      }),
    ],
    ...inbound.ports,
    ...inbound.probe,
    // Without its companion an agent can do nothing, so a hanging companion is restarted; the agent then begins its
    // runs anew.
    livenessProbe: alive("/live", COMPANION_PORTS.ready, { first: 10 }),
    volumeMount: [{ name: "companion-tmp", mountPath: "/tmp" }, SVID_MOUNT],
  };
}

/**
 * Settings of the companion for callers outside the pod: the kubelet, and the gateway if the agent serves
 * (docs/ways-in.md)
 */
interface Inbound {
  /** Kubernetes puts in the value of a variable only where it stands before it. */
  readonly before: readonly DeploymentV1SpecTemplateSpecContainerEnv[];
  readonly environment: Environment;
  readonly ports: Pick<DeploymentV1SpecTemplateSpecContainer, "port">;
  /** Of both containers: each that starts anew is out of the service until it was asked. */
  readonly probe: Pick<DeploymentV1SpecTemplateSpecContainer, "readinessProbe">;
}

function inboundOf({ ways, concurrency }: AgentDeclaration): Inbound {
  const { inbound, ready } = COMPANION_PORTS;
  if (ways.length === 0) {
    // By a port and no command: of each of a node's many agents, that would start a program every 10 s.
    const environment = { AMBIT_LIVE: `0.0.0.0:${ready}` };
    return { before: [], environment, ports: { port: ports({ live: ready }) }, probe: {} };
  }
  const told = {
    listen: `0.0.0.0:${inbound}`,
    ready: `0.0.0.0:${ready}`,
    ways: Object.fromEntries(ways.map(({ facts }) => [facts.name, wayOf(facts)])),
    concurrency,
    address: `$(${POD_IP})`,
  };
  return {
    before: [{ name: POD_IP, valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
    environment: { AMBIT_INBOUND: JSON.stringify(told) },
    ports: { port: ports({ inbound, ready }) },
    probe: { readinessProbe: probe("/ready", ready, { first: 1, every: 5 }) },
  };
}

/** Of A2A the companion reads what belongs to which run, and where pushes go. */
function wayOf({ kind, port, paths: [path], pushes }: AgentDeclaration["ways"][number]["facts"]): object {
  return kind === "a2a" ? { port, a2a: path, ...(pushes && { pushes: pushedTo(pushes) }) } : { port };
}

const POD_IP = "AMBIT_POD_IP";
const SVID_ENVIRONMENT = { SPIFFE_ENDPOINT_SOCKET: `unix://${SVID_FOLDER}/spire-agent.sock` };
const SVID_MOUNT = { name: "spiffe", mountPath: SVID_FOLDER, readOnly: true };
