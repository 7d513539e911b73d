import { AGENT_RECORD, CONTROL_NAMESPACE, KILL_LIST, KILL_SWITCH_GROUP, SPIRE_NAMESPACE } from "../../platform/names";
import { all, any, literal } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { BY_CONTROLLER, BY_SPIRE_SERVER, DELETED_BY_CLEANER, requestedBy } from "../private/requesters";
import { AMBIT_NAMESPACES, IN_PLATFORM } from "../private/workloads";

const KILL_SWITCH: Principals = { users: [], groups: [KILL_SWITCH_GROUP] };

/** ConfigMap in which SPIRE's server publishes its trust bundle for the agents */
const BUNDLE = "spire-bundle";

/**
 * What: only deployers write the records that map service accounts to agents, and the platform's own ConfigMaps.
 * Killers may also write the list of killed agents, from which the kill switch may remove none; SPIRE's server writes
 * its bundle.
 *
 * Why: the policies decide by these records, SPIRE reads its configuration from them, and an agent that reads a forged
 * bundle trusts a forged server.
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
      ...(killers.groups.includes(KILL_SWITCH_GROUP) ? [onlyAdded(any(`!(${isKillList})`, byDeployer))] : []),
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

/**
 * The kill switch has no right to lift anything, and a merge patch could.
 *
 * @param otherwise where it need not hold
 */
function onlyAdded(otherwise: string): Policy["validations"][number] {
  const keepsAll = all(
    `request.operation == "UPDATE"`,
    "oldObject.?data.orValue({}).all(agent, agent in object.?data.orValue({}))",
    // Neither may the list be closed to the next kill, nor go with an owner that is deleted.
    "!object.?immutable.orValue(false)",
    "object.metadata.?ownerReferences.orValue([]).size() == 0",
  );
  return {
    expression: any(otherwise, `!(${requestedBy(KILL_SWITCH)})`, keepsAll),
    message: "the kill switch puts agents on the list and takes none off: use ambit restore",
    messageExpression: `request.userInfo.username + " may only add to ${KILL_LIST}: ambit restore takes an agent off it"`,
  };
}
