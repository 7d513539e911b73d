import { type Fact, fact } from "../fact";
import type { KubernetesObject } from "../objects/object";
import { annotationFacts, labelFacts } from "./metadata";

const PREFIX = "pod-security.kubernetes.io/";
const LEVELS = ["restricted", "baseline", "privileged"];

/** Pods that pod security admission accepts in a namespace, and selectors that match the namespace */
export function namespaceFacts(namespace: KubernetesObject, selectorKeys: ReadonlySet<string>): readonly Fact[] {
  const { name, address, labels, annotations } = namespace;
  const metadata = { whose: `namespace ${name}`, address, scope: `namespace ${name}` };
  return [
    ...levelFacts(namespace),
    ...selectedFacts(namespace, selectorKeys),
    ...annotationFacts(annotations, { ...metadata, isRead: () => false }),
    ...labelFacts(labels, { ...metadata, isRead: (key) => key.startsWith(PREFIX) || selectorKeys.has(key) }),
  ];
}

/** Without a label the cluster's default applies: everything is accepted. */
function levelFacts({ labels, name, address }: KubernetesObject): readonly Fact[] {
  const level = labels.get(`${PREFIX}enforce`) ?? "privileged";
  const version = labels.get(`${PREFIX}enforce-version`) ?? "latest";
  const at = LEVELS.indexOf(level);
  const allowed = at < 0 ? [...LEVELS.slice(1), level] : LEVELS.slice(1, at + 1);
  return [
    ...allowed.map((one) =>
      fact("enforcement", `namespace ${name} takes pods of level ${one}`, witnessOf(one), address),
    ),
    ...(version === "latest"
      ? []
      : [
          fact(
            "enforcement",
            `namespace ${name} checks pods by the rules of ${version}`,
            "what a later version refuses",
            address,
          ),
        ]),
  ];
}

function witnessOf(level: string): string {
  return level === "baseline" ? "a pod that runs as root" : "a privileged pod with the files of its node";
}

/** Labels that policies, registrations and admission use to select or exclude a namespace */
function selectedFacts(
  { labels, name, address }: KubernetesObject,
  selectorKeys: ReadonlySet<string>,
): readonly Fact[] {
  return [...selectorKeys]
    .filter((key) => !key.startsWith("kubernetes.io/") && !key.startsWith(PREFIX))
    .sort()
    .map((key) => {
      const value = labels.get(key);
      const what =
        value === undefined
          ? `namespace ${name} carries no label ${key}`
          : `namespace ${name} carries the label ${key}=${value}`;
      const witness = `what selects namespaces by ${key} takes other pods than before`;
      return fact("enforcement", what, witness, address, {
        scope: `namespace ${name}`,
        isRelative: value === undefined,
      });
    });
}
