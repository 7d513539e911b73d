import { clusterStates } from "../../../review/reach/kubernetes/cluster-state";
import type { JsonObject } from "../../../review/read/json";
import type { Estate } from "../../../review/read/resource";
import { estateOf, type Resources } from "../../support/review/estate-of";

const account = (name: string, namespace = "finance", at = "a"): Resources => ({
  [`kubernetes_service_account_v1.${at}`]: { metadata: { name, namespace } },
});
const AGENT: JsonObject = {
  workload: { namespace: "finance", serviceAccount: "clerk" },
  credentials: "brokered",
  state: "active",
  spiffeId: "spiffe://acme.example/ns/finance/sa/clerk",
};
const estate = (resources: Resources, agents: JsonObject = { clerk: AGENT }): Estate => estateOf(resources, { agents });

it.each<[string, Estate, Estate]>([
  ["nothing is another", estate(account("clerk")), estate(account("clerk"))],
  ["what is declared of an agent's work is", estate({}), estate({}, { clerk: { ...AGENT, tasks: { answer: {} } } })],
  ["something outside of clusters is", estate({}), estate({ "aws_s3_bucket.b": { bucket: "b" } })],
])("both states of a cluster are read once where %s", (_, base, head) => {
  const [before, after] = clusterStates(base, head);
  expect(after).toBe(before);
});

it.each<[string, Estate, Estate]>([
  ["an object is new", estate({}), estate(account("clerk"))],
  ["an object is another", estate(account("clerk")), estate(account("auditor"))],
  ["an object stands at another place", estate(account("clerk")), estate(account("clerk", "finance", "b"))],
  ["an agent is new", estate({}), estate({}, { clerk: AGENT, auditor: AGENT })],
  ["an agent is called otherwise", estate({}), estate({}, { auditor: AGENT })],
  ...Object.keys(AGENT).map((key): [string, Estate, Estate] => [
    `an agent's ${key} is another`,
    estate({}),
    estate({}, { clerk: { ...AGENT, [key]: key === "workload" ? { namespace: "hr" } : "x" } }),
  ]),
  [
    "an agent has another service account",
    estate({}),
    estate({}, { clerk: { ...AGENT, workload: { namespace: "finance", serviceAccount: "x" } } }),
  ],
])("both states of a cluster are read where %s", (_, base, head) => {
  const [before, after] = clusterStates(base, head);
  expect(after).not.toBe(before);
});
