import { any } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { BY_CONTROLLER, requestedBy } from "../private/requesters";
import { pods, PLATFORM_NAMESPACES, templates } from "../private/workloads";

/**
 * What: in the platform's namespaces only deployers, and Kubernetes' own controllers on their behalf, write pods, pod
 * controllers and service accounts. Kubelets may not: static pods are refused there.
 *
 * Why: a pod there is SPIRE, or gets a component's identity. A compromised kubelet could claim such a pod for its node.
 * Pods can still be evicted and deleted, so that nodes can be drained.
 */
export function platformWorkloads(deployers: Principals): Policy {
  return {
    name: "ambit-platform-workloads",
    namespaces: PLATFORM_NAMESPACES,
    rules: [
      pods("CREATE", "UPDATE"),
      ...templates("CREATE", "UPDATE", "DELETE"),
      { apiGroups: [""], resources: ["serviceaccounts"], operations: ["CREATE", "UPDATE", "DELETE"] },
      // Earlier templates, from which a StatefulSet in the middle of an update makes pods.
      { apiGroups: ["apps"], resources: ["controllerrevisions"], operations: ["CREATE", "UPDATE", "DELETE"] },
      {
        apiGroups: ["apps"],
        resources: ["deployments/scale", "replicasets/scale", "statefulsets/scale"],
        operations: ["UPDATE"],
      },
      { apiGroups: [""], resources: ["replicationcontrollers/scale"], operations: ["UPDATE"] },
      // It would scale on behalf of its author.
      {
        apiGroups: ["autoscaling"],
        resources: ["horizontalpodautoscalers"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
    ],
    validations: [
      {
        expression: any(requestedBy(deployers), BY_CONTROLLER),
        message: "workloads of the platform are written by its deployers: deploy the stack that holds them",
        messageExpression: `request.userInfo.username + " may not write " + request.resource.resource + " in namespace " + request.namespace + ": only the platform's deployers may, deploy the stack that holds them"`,
      },
    ],
  };
}
