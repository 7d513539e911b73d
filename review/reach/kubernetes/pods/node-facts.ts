import { type Fact, fact, openQuestion } from "../fact";
import { block, blocks, canonical, isOpaque, text, texts } from "../objects/values";
import type { JsonObject } from "../../../read/json";
import type { Workload } from "../workload";

/** What pods share with their node and with each other */
export function nodeFacts({ spec, object: { address } }: Workload): readonly Fact[] {
  const context = block(spec, "securityContext");
  const runtime = text(spec, "runtimeClassName");
  return [
    ...sharedFacts(spec, address),
    ...RESTRICTIONS.flatMap((restriction) => restrictionFacts(restriction, spec, address)),
    ...restrictionFacts(GROUPS_OF_IMAGE, context, address),
    ...sysctlFacts(context, address),
    ...groupFacts(context, address),
    ...priorityFacts(spec, address),
    fact("enforcement", "its pods run in another sandbox", "it calls the kernel of the node", address, {
      under: runtime === undefined ? [] : [`runtime class ${runtime}`],
      isRelative: true,
    }),
  ];
}

const SHARED = [
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

function sharedFacts(spec: JsonObject, address: string): readonly Fact[] {
  return SHARED.flatMap(([key, kind, what, witness]) => {
    const written = text(spec, key) ?? "false";
    if (written === "false") return [];
    return [fact(kind, what, witness, address, { key: isOpaque(written) ? `${what}: ${written}` : what })];
  });
}

/** A restricting setting, and what pods may do with any other value, the default included */
interface Restriction {
  readonly key: string;
  readonly safe: string;
  readonly what: string;
  readonly witness: string;
}

const RESTRICTIONS: readonly Restriction[] = [
  {
    key: "hostUsers",
    safe: "false",
    what: "its pods run in the user namespace of the node",
    witness: "root of a container is root of the node",
  },
  {
    key: "enableServiceLinks",
    safe: "false",
    what: "its containers find the addresses of all services in their environment",
    witness: "it reads KUBERNETES_SERVICE_HOST and its neighbours",
  },
];

const GROUPS_OF_IMAGE: Restriction = {
  key: "supplementalGroupsPolicy",
  safe: "Strict",
  what: "its pods are in the groups that their images name",
  witness: "an image whose /etc/group puts its user into group 0",
};

function restrictionFacts({ key, safe, what, witness }: Restriction, body: JsonObject, address: string): Fact[] {
  const written = text(body, key) ?? "";
  if (written === safe) return [];
  return [
    fact("enforcement", what, witness, address, {
      key: isOpaque(written) ? `${what}: ${written}` : what,
      isRelative: true,
    }),
  ];
}

function sysctlFacts(context: JsonObject, address: string): readonly Fact[] {
  const sysctls = blocks(context, "sysctls");
  return [
    ...sysctls.map((sysctl) => {
      const what = `its pods set ${text(sysctl, "name")} to ${text(sysctl, "value")} in the kernel`;
      return fact("enforcement", what, what, address);
    }),
    fact("enforcement", "its pods leave a setting of the kernel as it is", "what that setting refused", address, {
      under: sysctls.map((sysctl) => text(sysctl, "name") ?? ""),
      isRelative: true,
    }),
  ];
}

function groupFacts(context: JsonObject, address: string): readonly Fact[] {
  const groups = [...texts(context, "supplementalGroups"), ...texts(context, "fsGroup")];
  return groups.map((group) => {
    const what = `its pods are in group ${group}`;
    return fact("enforcement", what, what, address, { isRelative: group !== "0" });
  });
}

/** Pods of a higher class evict others. The cluster defines the value of a class. */
function priorityFacts(spec: JsonObject, address: string): readonly Fact[] {
  const name = text(spec, "priorityClassName") || undefined;
  const priority = text(spec, "priority") ?? "0";
  if (name === undefined && priority === "0") return [];
  const what = name === undefined ? `its pods have the priority ${priority}` : `its pods are of priority class ${name}`;
  const key = `priority ${canonical([name ?? null, priority])}`;
  return [openQuestion(what, "which pods they have evicted is not known here", address, { key, isRelative: true })];
}

/** Pod settings that are evaluated here */
export const READ_OF_NODE: readonly string[] = [
  ...SHARED.map(([key]) => key),
  ...RESTRICTIONS.map(({ key }) => key),
  "runtimeClassName",
  "priorityClassName",
  "priority",
];
