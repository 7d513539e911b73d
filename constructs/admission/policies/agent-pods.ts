import { AGENT_RECORD, LABELS } from "../../platform/names";
import { all, any, literal } from "../private/cel";
import type { Policy } from "../private/policy";
import { AGENT_NAMESPACES, NEW_PODS, POD_VARIABLES, TEMPLATE_CHANGED } from "../private/workloads";

const label = (key: string): string => `variables.labels[?${literal(key)}].orValue("")`;
const recorded = (suffix: string): string => `variables.record[?variables.account + ${literal(suffix)}].orValue("")`;
const forAgents = (expression: string): string => any("!variables.isAgent", expression);

const PODS = `"pods of service account " + variables.account`;
const PODS_OF_AGENT = `"pods of agent " + variables.agent`;

/**
 * What: in agent namespaces, a pod carries an agent's labels if and only if it runs under the agent's recorded service
 * account, and the labels match the record: the agent's name and its state. It gets no service account token, and its
 * containers do not share a process namespace.
 *
 * Why: SPIRE derives the identity from the service account; the labels say that the pod gets one, whether it is
 * suspended and which container gets it. Network policies and the kill list go by the label `agent` alone. A user who
 * can create pods under an agent's service account can act as that agent with any image: RBAC must reserve that right.
 */
export function agentPods(): Policy {
  return {
    name: "ambit-agent-pods",
    namespaces: AGENT_NAMESPACES,
    rules: NEW_PODS,
    parameters: { name: AGENT_RECORD },
    conditions: TEMPLATE_CHANGED,
    variables: {
      ...POD_VARIABLES,
      record: "params.?data.orValue({})",
      // A service account could have the name of a key about another one; those of agents have no dot.
      agent: `variables.account.contains(".") ? "" : ${recorded("")}`,
      isAgent: `variables.agent != ""`,
      state: recorded(".state"),
      credentials: recorded(".credentials"),
      svid: label(LABELS.svid),
    },
    validations: [
      {
        expression: any("variables.isAgent", "size(variables.ambitLabels) == 0"),
        message:
          "only pods of an agent's service account carry labels of Ambit: run them under the account of the agent",
        messageExpression: `${PODS} + " carry no label " + variables.ambitLabels.join(", ") + ": it belongs to no agent of this namespace, run them under the account of the agent"`,
      },
      {
        expression: `${label(LABELS.agent)} == variables.agent`,
        message: `pods of an agent's service account carry its name as the label ${LABELS.agent}: write it`,
        messageExpression: `${PODS} + " must carry the label ${LABELS.agent}: " + variables.agent + ", got " + (${label(LABELS.agent)} == "" ? "none" : ${label(LABELS.agent)}) + ": write that, or take another account"`,
      },
      {
        expression: forAgents(`${label(LABELS.managed)} == "true"`),
        message: `pods of agents carry the label ${LABELS.managed}: write "true"`,
        messageExpression: `${PODS_OF_AGENT} + " must carry the label ${LABELS.managed}: write \\"true\\""`,
      },
      {
        expression: forAgents(
          all(`variables.state in ["active", "suspended"]`, `${label(LABELS.state)} == variables.state`),
        ),
        message: `pods of agents carry their recorded state as the label ${LABELS.state}: change suspended in the declaration`,
        messageExpression: `${PODS_OF_AGENT} + " must carry the label ${LABELS.state}: " + (variables.state == "" ? "of the record, which has none" : variables.state) + ": to change it, change the agent's declaration"`,
      },
      {
        expression: any(
          `!(${literal(LABELS.svid)} in variables.labels)`,
          all(`variables.svid == "agent-container"`, `variables.credentials in ["oidc", "roles-anywhere"]`),
        ),
        message: `pods of agents carry the label ${LABELS.svid} only where the agent is federated, and then "agent-container": leave it out`,
        messageExpression: `${PODS_OF_AGENT} + ", whose credentials are " + (variables.credentials == "" ? "not recorded" : variables.credentials) + ", may not carry the label ${LABELS.svid}: " + variables.svid + ": leave it out, the companion gets credentials for it"`,
      },
      {
        expression: `variables.ambitLabels.all(key, key in ${literal([LABELS.agent, LABELS.managed, LABELS.state, LABELS.svid])})`,
        message: `pods of agents carry no other label of Ambit than ${LABELS.agent}, managed, state and svid: leave it out`,
      },
      {
        expression: forAgents("variables.spec.?automountServiceAccountToken.orValue(true) == false"),
        message: "pods of agents get no token of the cluster: write automountServiceAccountToken: false",
        messageExpression: `${PODS_OF_AGENT} + " get no token of the cluster: write automountServiceAccountToken: false"`,
      },
      {
        expression: forAgents(
          "!variables.spec.?volumes.orValue([]).exists(volume, volume.?projected.?sources.orValue([]).exists(source, has(source.serviceAccountToken)))",
        ),
        message: "pods of agents get no token of the cluster: leave out the projected serviceAccountToken",
        messageExpression: `${PODS_OF_AGENT} + " get no token of the cluster: leave out the projected serviceAccountToken"`,
      },
      {
        expression: forAgents("!variables.spec.?shareProcessNamespace.orValue(false)"),
        message: "containers of agents may not see the companion's processes: leave out shareProcessNamespace",
        messageExpression: `${PODS_OF_AGENT} + " may not share their processes with the companion: leave out shareProcessNamespace"`,
      },
    ],
  };
}
