import { LABELS } from "../../platform/names";
import { all, any, literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { pods, PREFIX } from "../private/workloads";

const imagesOf = (object: "object" | "oldObject"): string => {
  const of = (sort: string): string => `dyn(${object}).?spec.?${sort}.orValue([])`;
  return `(${of("containers")} + ${of("initContainers")}).map(container, container.image)`;
};

const SAME = "key in variables.oldLabels && variables.labels[key] == variables.oldLabels[key]";
const SUSPENDED = all(
  `key == ${literal(LABELS.state)}`,
  `variables.labels[key] == "suspended"`,
  `variables.oldLabels[?key].orValue("") == "active"`,
);

/**
 * What: Ambit's labels on a pod never change, in any namespace, for any user; only `state` may change from `active` to
 * `suspended`. The image of a pod with these labels does not change either.
 *
 * Why: a label added later would skip the checks at creation, and removing one would take the pod out of its network
 * policy. `pods/status` can write labels too, and so can a Binding, by which schedulers assign pods to nodes.
 * Suspending by label only removes access; a new pod gets the recorded state.
 */
export function podUpdates(): Policy {
  return {
    name: "ambit-pod-updates",
    rules: [
      pods("UPDATE"),
      { apiGroups: [""], resources: ["pods/status"], operations: ["UPDATE"] },
      { apiGroups: [""], resources: ["bindings", "pods/binding"], operations: ["CREATE"] },
    ],
    variables: {
      labels: "object.metadata.?labels.orValue({})",
      oldLabels: "oldObject == null ? {} : oldObject.metadata.?labels.orValue({})",
      carries: `variables.oldLabels.exists(key, key.startsWith("${PREFIX}"))`,
    },
    validations: [
      {
        expression: all(
          `variables.labels.all(key, !key.startsWith("${PREFIX}") || (${SAME}) || (${SUSPENDED}))`,
          `variables.oldLabels.all(key, !key.startsWith("${PREFIX}") || key in variables.labels)`,
        ),
        message: "labels of Ambit on pods do not change: change the agent's declaration, and make the pod anew",
        messageExpression: `"labels ${PREFIX}* of pod " + object.metadata.name + " do not change: change the agent's declaration, and make the pod anew"`,
      },
      {
        expression: any("!variables.carries", `${imagesOf("object")} == ${imagesOf("oldObject")}`),
        message: "the images of an agent's pod do not change: change its workload, which makes the pod anew",
        messageExpression: `"the images of pod " + object.metadata.name + " do not change, because it has an identity: change its workload, which makes it anew"`,
      },
    ],
  };
}
