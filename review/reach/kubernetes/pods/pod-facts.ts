import { member } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, blocks, canonical, flag, text, texts, without } from "../objects/values";
import { STATE_LABEL, SUSPENDED } from "../labels";
import type { SelectorKeys } from "../selector-keys";
import { type Workload, containersOf } from "../workload";
import type { Content } from "./content";
import { annotationFacts, labelFacts } from "./metadata";
import { nodeFacts, READ_OF_NODE } from "./node-facts";
import { APP_ARMOR_ANNOTATION } from "./profiles";
import { programFacts } from "./program";
import { protectionFacts } from "./protection";
import { runningFacts } from "./runtime-facts";
import { volumeFacts } from "./volumes";

export interface PodContext {
  readonly content: Content;
  /** Keys that selectors of either state use */
  readonly selectorKeys: SelectorKeys;
}

/** What pods of a workload may do on their node, and the programs that they run */
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
    ...runningFacts(workload),
    ...selectedFacts(workload, selectorKeys),
    ...metadataFacts(workload, selectorKeys.pods),
    ...restFacts(workload),
  ];
}

/** Addresses that names resolve to */
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

/** Labels that others select its pods by. For a suspended agent, only evaluated selectors match them. */
function selectedFacts({ labels, object: { address } }: Workload, keys: SelectorKeys): readonly Fact[] {
  const isSuspended = keys.isStateEvaluated && labels.get(STATE_LABEL) === SUSPENDED;
  return [...keys.pods]
    .filter((key) => !(isSuspended && key === STATE_LABEL))
    .sort()
    .map((key) => {
      const value = labels.get(key);
      const what = value === undefined ? `its pods carry no label ${key}` : `its pods carry the label ${key}=${value}`;
      const witness =
        value === undefined ? `what selects ${key} leaves them out` : `what selects ${key}=${value} takes them`;
      return fact("identity", what, witness, address, { isRelative: true });
    });
}

function metadataFacts({ labels, annotations, object }: Workload, selectorKeys: ReadonlySet<string>): readonly Fact[] {
  const { address } = object;
  return [
    ...annotationFacts(annotations, {
      whose: "its pods",
      isPlural: true,
      address,
      isRead: (key) => key.startsWith(APP_ARMOR_ANNOTATION),
    }),
    ...labelFacts(labels, { whose: "its pods", isPlural: true, address, isRead: (key) => selectorKeys.has(key) }),
  ];
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
  "hostAliases",
  "dnsPolicy",
  "dnsConfig",
  ...READ_OF_NODE,
  "activeDeadlineSeconds",
];
const READ_OF_CONTEXT = [
  "runAsNonRoot",
  "runAsUser",
  "runAsGroup",
  "fsGroup",
  "supplementalGroups",
  "supplementalGroupsPolicy",
  "seccompProfile",
  "appArmorProfile",
  "seLinuxOptions",
  "sysctls",
  "fsGroupChangePolicy",
];
const PLACEMENT = ["nodeName", "nodeSelector", "affinity", "tolerations", "schedulerName"];
const WITHOUT_ACCESS = [
  "restartPolicy",
  "terminationGracePeriodSeconds",
  "preemptionPolicy",
  "hostname",
  "subdomain",
  "setHostnameAsFQDN",
  "overhead",
  "readinessGates",
  "topologySpreadConstraints",
  "imagePullSecrets",
];
function restFacts({ spec, object: { address } }: Workload): readonly Fact[] {
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
  ];
}

const UNKNOWN = "what the cluster makes of it is not known here";

/** Whether pods mount a token of their service account: the pod decides, otherwise the account */
export function mountsToken(workload: Workload, account: boolean | undefined): boolean {
  const own = flag(workload.spec, "automountServiceAccountToken");
  return own ?? (workload.object.isTyped ? true : (account ?? true));
}
