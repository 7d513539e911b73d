import type { Json } from "../../../domain";
import type { Block } from "../block";
import { nameOf, objectOf } from "../kubernetes-object";
import type { ContainerSpec, PodTemplate } from "../pods";
import { isImageOfSpire, type SpireImage } from "./spire-images";
import type { StackJson } from "../stack";
import { isObject, listOf } from "../value";

/** What a pod gets of its node, and needs for its work */
export interface NodeRights {
  readonly hostPaths: readonly string[];
  readonly isInHostPid: boolean;
  /** The containers that are privileged */
  readonly privileged: readonly string[];
}

interface NodeAgent extends NodeRights {
  readonly containers: Readonly<Record<string, KnownContainer>>;
}

/** A container as `constructs/spire/` makes it */
interface KnownContainer {
  readonly image: SpireImage;
  readonly args: string;
  readonly mounts: readonly string[];
}

const SOCKETS = "/run/spire/agent-sockets";
const KUBELET = "/var/lib/kubelet";

/**
 * SPIRE's own pods on each node, by name. The agent tells processes apart by the node's process ids and makes the folder of the sockets;
 * the CSI driver mounts that folder into pods, for which Kubernetes wants a privileged container.
 */
const NODE_AGENTS: Readonly<Record<string, NodeAgent>> = {
  "spire-agent": {
    hostPaths: [SOCKETS],
    isInHostPid: true,
    privileged: [],
    containers: {
      "spire-agent": {
        image: "spire-agent",
        args: "-config /opt/spire/conf/agent/agent.conf",
        mounts: ["/opt/spire/conf/agent", "/run/spire/bundle", "/var/run/secrets/tokens", "/var/lib/spire", SOCKETS],
      },
    },
  },
  "spiffe-csi-driver": {
    hostPaths: [SOCKETS, `${KUBELET}/pods`, `${KUBELET}/plugins/csi.spiffe.io`, `${KUBELET}/plugins_registry`],
    isInHostPid: false,
    privileged: ["spiffe-csi-driver"],
    containers: {
      "spiffe-csi-driver": {
        image: "spiffe-csi-driver",
        args: "-workload-api-socket-dir /spire-agent-socket -plugin-name csi.spiffe.io -csi-socket-path /spiffe-csi/csi.sock",
        mounts: ["/spire-agent-socket", "/spiffe-csi", `${KUBELET}/pods`],
      },
      "node-driver-registrar": {
        image: "csi-node-driver-registrar",
        args: `-csi-address /spiffe-csi/csi.sock -kubelet-registration-path ${KUBELET}/plugins/csi.spiffe.io/csi.sock -health-port 9809`,
        mounts: ["/spiffe-csi", "/registration"],
      },
    },
  },
};

/**
 * What a pod may have of its node: undefined for all but SPIRE's two daemon sets. A name proves nothing, as any resource may have it: the
 * pod runs the known images, by their digests and of the known repositories, with the known arguments, and nothing is mounted over their programs.
 */
export function nodeRightsOf(
  block: Block,
  { spec, containers }: PodTemplate,
  stack: StackJson,
): NodeRights | undefined {
  const object = objectOf(block, "DaemonSet");
  if (object === undefined) return undefined;
  const { name = "", namespace } = nameOf(object.body, stack);
  const known = Object.hasOwn(NODE_AGENTS, name) ? NODE_AGENTS[name] : undefined;
  if (known === undefined || namespace !== "spire-system" || spec["service_account_name"] !== name) return undefined;
  const names = containers.map((each) => each.name).sort();
  if (names.join() !== Object.keys(known.containers).sort().join()) return undefined;
  const isKnown = containers.every((each) => isAs(each, known.containers[each.name] as KnownContainer, block, stack));
  return isKnown && listOf(spec["volume"]).every(isPlainVolume) ? known : undefined;
}

/** What a container may have besides: nothing that runs another program in it */
const KEYS = new Set([
  "args",
  "env",
  "image",
  "image_pull_policy",
  "liveness_probe",
  "name",
  "port",
  "readiness_probe",
  "resources",
  "security_context",
  "volume_mount",
]);

function isAs(
  { spec }: ContainerSpec,
  { image, args, mounts }: KnownContainer,
  block: Block,
  stack: StackJson,
): boolean {
  return (
    Object.entries(spec).every(([key, value]) => KEYS.has(key) || (value ?? null) === null) &&
    isImageOfSpire(spec["image"], image, block, stack) &&
    listOf(spec["args"]).join(" ") === args &&
    listOf(spec["env"]).every(isFact) &&
    listOf(spec["volume_mount"]).every((each) => isObject(each) && mounts.includes(String(each["mount_path"]))) &&
    ["liveness_probe", "readiness_probe"].every((probe) => listOf(spec[probe]).every(asksByHttp))
  );
}

/** A variable that is a fact of the pod or its node, such as its address. Any other text, an annotation's too, may be of use in LD_PRELOAD. */
function isFact(variable: Json): boolean {
  if (!isObject(variable) || (variable["value"] ?? null) !== null) return false;
  return listOf(variable["value_from"]).every((source) => {
    if (!isObject(source)) return false;
    const [kind, ...others] = Object.keys(source).filter((key) => (source[key] ?? null) !== null);
    const paths = listOf(source["field_ref"]).map((field) => isObject(field) && field["field_path"]);
    return kind === "field_ref" && others.length === 0 && paths.every((path) => FACT.test(String(path)));
  });
}

const FACT = /^(?:metadata\.(?:name|namespace|uid)|spec\.nodeName|status\.(?:hostIPs?|podIPs?))$/;

function asksByHttp(probe: Json): boolean {
  return isObject(probe) && (probe["exec"] ?? null) === null;
}

/** The agent's ConfigMaps: its configuration names programs that it runs as plugins. */
const CONFIG_MAPS: readonly unknown[] = ["spire-agent", "spire-bundle"];

const VOLUMES = new Set(["config_map", "empty_dir", "host_path", "name", "projected"]);

function isPlainVolume(volume: Json): boolean {
  return (
    isObject(volume) &&
    Object.entries(volume).every(([key, value]) => VOLUMES.has(key) || (value ?? null) === null) &&
    listOf(volume["config_map"]).every((each) => isObject(each) && CONFIG_MAPS.includes(each["name"]))
  );
}
