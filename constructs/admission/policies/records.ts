import { AGENT_RECORD, CONTROL_NAMESPACE, KILL_LIST, SPIRE_NAMESPACE } from "../../platform/names";
import { all, any, literal } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { BY_CONTROLLER, BY_SPIRE_SERVER, DELETED_BY_CLEANER, requestedBy } from "../private/requesters";
import { AMBIT_NAMESPACES, IN_PLATFORM } from "../private/workloads";

/** ConfigMap through which SPIRE's server tells its agents whom to trust */
const BUNDLE = "spire-bundle";

/**
 * What: which service account is which agent is written by deployers alone, and so are the platform's own ConfigMaps.
 * Killers, besides them, write who is killed, and SPIRE's server its bundle.
 *
 * Why: the policies decide by these, SPIRE takes its configuration from them, and an agent that reads a false bundle
 * trusts a false server.
 */
export function records(deployers: Principals, killers: Principals): Policy {
  const byDeployer = requestedBy(deployers);
  const is = (namespace: string, name: string): string =>
    all(`request.namespace == ${literal(namespace)}`, `variables.name == ${literal(name)}`);
  const isKillList = is(CONTROL_NAMESPACE, KILL_LIST);
  return {
    name: "ambit-records",
    namespaces: AMBIT_NAMESPACES,
    rules: [{ apiGroups: [""], resources: ["configmaps"], operations: ["CREATE", "UPDATE", "DELETE"] }],
    variables: {
      name: "(object == null ? oldObject : object).metadata.name",
      ...IN_PLATFORM,
    },
    validations: [
      {
        expression: any(`variables.name != ${literal(AGENT_RECORD)}`, byDeployer, DELETED_BY_CLEANER),
        message: "which service account is which agent is written by the platform's deployers: declare the agent",
        messageExpression: `request.userInfo.username + " may not write ${AGENT_RECORD} in namespace " + request.namespace + ": only the platform's deployers may, declare the agent instead"`,
      },
      {
        expression: any(
          `!(${isKillList})`,
          byDeployer,
          // Who deletes it lifts every kill, as soon as it is made again.
          all(requestedBy(killers), `request.operation == "UPDATE"`),
          DELETED_BY_CLEANER,
        ),
        message: "who is killed is written by the kill switch: use it",
        messageExpression: `request.userInfo.username + " may not write ${KILL_LIST}: only the kill switch and the platform's deployers may"`,
      },
      {
        expression: any(
          "!variables.inPlatform",
          isKillList,
          byDeployer,
          BY_CONTROLLER,
          all(is(SPIRE_NAMESPACE.system, BUNDLE), BY_SPIRE_SERVER),
        ),
        message: "config maps of the platform are written by its deployers: deploy the stack that holds them",
        messageExpression: `request.userInfo.username + " may not write config map " + variables.name + " in namespace " + request.namespace + ": only the platform's deployers may, deploy the stack that holds it"`,
      },
    ],
  };
}
