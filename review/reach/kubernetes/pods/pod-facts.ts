import { member } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, blocks, canonical, flag, isOpaque, text, texts, without } from "../objects/values";
import type { Workload } from "../workload";
import { containersOf } from "./container";
import type { Content } from "./content";
import { programFacts } from "./program";
import { protectionFacts } from "./protection";
import { volumeFacts } from "./volumes";

export interface PodContext {
  readonly content: Content;
  /** Labels that some selector of either state asks for */
  readonly selectorKeys: ReadonlySet<string>;
}

/** All that pods of a workload may do on their node, and what they run */
export function podFacts(workload: Workload, { content, selectorKeys }: PodContext): readonly Fact[] {
  const containers = containersOf(workload);
  const { address } = workload.object;
  return [
    ...containers.flatMap((container) => [
      ...programFacts(container, content),
      ...protectionFacts(container),
      ...volumeFacts(container, content),
    ]),
    fact(
      "enforcement",
      "its pods run without a container that ran beside the others",
      "what that container refused",
      address,
      {
        under: containers.map(({ title }) => title),
        isRelative: true,
      },
    ),
    ...nodeFacts(workload),
    ...nameFacts(workload),
    ...labelFacts(workload, selectorKeys),
    ...restFacts(workload),
  ];
}

const NODE = [
  ["hostNetwork", "network", "its pods use the network of the node", "TCP 443 to 169.254.169.254"],
  ["hostPID", "enforcement", "its pods see the processes of the node", "it reads /proc/1/environ"],
  ["hostIPC", "enforcement", "its pods share memory with the node", "it reads shared memory of another process"],
  [
    "shareProcessNamespace",
    "enforcement",
    "its containers see each other's processes",
    "it reads /proc of another container",
  ],
] as const;

function nodeFacts({ spec, object: { address } }: Workload): readonly Fact[] {
  const shared = NODE.flatMap(([key, kind, what, witness]) => {
    const written = text(spec, key) ?? "false";
    if (written === "false") return [];
    return [fact(kind, what, witness, address, { key: isOpaque(written) ? `${what}: ${written}` : what })];
  });
  const sysctls = blocks(block(spec, "securityContext"), "sysctls").map((sysctl) => {
    const what = `its pods set ${text(sysctl, "name")} to ${text(sysctl, "value")} in the kernel`;
    return fact("enforcement", what, what, address);
  });
  const groups = [
    ...texts(block(spec, "securityContext"), "supplementalGroups"),
    ...texts(block(spec, "securityContext"), "fsGroup"),
  ];
  const runtime = text(spec, "runtimeClassName");
  return [
    ...shared,
    ...sysctls,
    ...groups.map((group) => {
      const what = `its pods are in group ${group}`;
      return fact("enforcement", what, what, address, { isRelative: group !== "0" });
    }),
    fact("enforcement", "its pods run in another sandbox", "it calls the kernel of the node", address, {
      under: runtime === undefined ? [] : [`runtime class ${runtime}`],
      isRelative: true,
    }),
  ];
}

/** Which addresses names stand for */
function nameFacts({ spec, object: { address } }: Workload): readonly Fact[] {
  const aliases = blocks(spec, "hostAliases").flatMap((alias) => {
    const ip = text(alias, "ip") ?? "";
    return texts(alias, "hostnames").map((name) =>
      fact("destination", `its pods take ${ip} for ${name}`, `a call of ${name} goes to ${ip}`, address),
    );
  });
  const settings = [member(spec, "dnsPolicy"), member(spec, "dnsConfig")].map((part) => canonical(part));
  const dns = settings.every((part) => part === "null")
    ? []
    : [
        fact(
          "destination",
          `its pods ask for names by ${settings.filter((part) => part !== "null").join(" ")}`,
          "another server says where a name is",
          address,
        ),
      ];
  return [...aliases, ...dns];
}

/** Others select its pods by these. */
function labelFacts({ labels, object: { address } }: Workload, selectorKeys: ReadonlySet<string>): readonly Fact[] {
  return [...labels]
    .filter(([key]) => selectorKeys.has(key))
    .map(([key, value]) => {
      const what = `its pods carry the label ${key}=${value}`;
      return fact("identity", what, `what selects ${key}=${value} takes its pods`, address, { isRelative: true });
    });
}

const READ = [
  "containers",
  "initContainers",
  "ephemeralContainers",
  "securityContext",
  "volumes",
  "serviceAccountName",
  "serviceAccount",
  "automountServiceAccountToken",
  "runtimeClassName",
  "hostAliases",
  "dnsPolicy",
  "dnsConfig",
  ...NODE.map(([key]) => key),
];
const READ_OF_CONTEXT = [
  "runAsNonRoot",
  "runAsUser",
  "runAsGroup",
  "fsGroup",
  "supplementalGroups",
  "seccompProfile",
  "sysctls",
  "fsGroupChangePolicy",
];
const PLACEMENT = ["nodeName", "nodeSelector", "affinity", "tolerations", "schedulerName"];
const WITHOUT_ACCESS = [
  "restartPolicy",
  "terminationGracePeriodSeconds",
  "activeDeadlineSeconds",
  "enableServiceLinks",
  "priorityClassName",
  "priority",
  "preemptionPolicy",
  "hostname",
  "subdomain",
  "setHostnameAsFQDN",
  "overhead",
  "readinessGates",
  "topologySpreadConstraints",
  "imagePullSecrets",
];
/** Annotations that say nothing to the cluster */
const WITHOUT_MEANING = ["ambit.internal/config", "kubectl.kubernetes.io/restartedAt"];

function restFacts({ spec, annotations, object: { address } }: Workload): readonly Fact[] {
  const rest = without(spec, [...READ, ...PLACEMENT, ...WITHOUT_ACCESS]);
  const context = without(block(spec, "securityContext"), READ_OF_CONTEXT);
  const placement = PLACEMENT.map((key) => canonical(member(spec, key))).join();
  return [
    ...(canonical(rest) === "{}"
      ? []
      : [openQuestion(`its pods have the settings ${canonical(rest)}`, UNKNOWN, address)]),
    ...(canonical(context) === "{}"
      ? []
      : [openQuestion(`its pods have the security settings ${canonical(context)}`, UNKNOWN, address)]),
    openQuestion("its pods run on other nodes", "what runs beside them is not known here", address, {
      key: `placement ${placement}`,
      isRelative: true,
    }),
    ...[...annotations]
      .filter(([key]) => !WITHOUT_MEANING.includes(key))
      .map(([key, value]) =>
        openQuestion(`its pods carry the annotation ${key}=${value}`, UNKNOWN, address, { isRelative: true }),
      ),
  ];
}

const UNKNOWN = "what the cluster makes of it is not known here";

/** Whether pods find a token of their service account, by the pod, else by the account */
export function mountsToken(workload: Workload, account: boolean | undefined): boolean {
  const own = flag(workload.spec, "automountServiceAccountToken");
  return own ?? (workload.object.isTyped ? true : (account ?? true));
}
