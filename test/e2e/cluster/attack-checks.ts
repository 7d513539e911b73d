import { ok } from "node:assert";
import cases from "../../cases/admission.json";
import type { Check, Suite } from "../harness/suite";
import { type AdmissionCase, isExpected, outcomeOf } from "../spire/admission-checks";
import { AdmissionClient } from "../spire/admission-client";
import { NODE_NAME } from "./addresses";
import type { Control } from "./control-checks";
import type { OneNode } from "./one-node";

const READY_SECONDS = 240;
const AGENT = { namespace: "support", name: "support-triage" };
const CONTROL = { namespace: "ambit-system", name: "ambit-exchange" };
/** Of the table, what is done to a pod that is there */
const ABOUT = ["ways into pods", "changes of pods"] as const;
/** Pods of these names run nowhere; a pod that runs is bound to its node, and its containers have names of their own. */
const NOT_HERE = /admission-(sleeper|plain|shop)|\/binding|another image/;
/** Here a kubelet's own rights say no before admission is asked. */
const BY_NODE_RESTRICTION = { refusedBy: "the API server", saying: "cannot update labels through pod status" };

/** The attacks of admission's table on pods, sent at pods that run and a kubelet that would obey */
export function attackChecks(suite: Suite, node: Check<OneNode>, { exchange }: Control): void {
  suite.check(
    "attacks: nothing gets into a pod that runs, nor out of its identity, by API server or kubelet",
    [node, exchange],
    async ([on], note) => {
      const client = await AdmissionClient.of(on.client("administrator"), on.apiserver);
      const [, agent] = await on.podReady(AGENT.namespace, { "ambit.internal/agent": AGENT.name }, READY_SECONDS);
      const [, component] = await on.podReady(
        CONTROL.namespace,
        { "app.kubernetes.io/name": CONTROL.name },
        READY_SECONDS,
      );
      const requests = ABOUT.flatMap((about) => cases.cases[about] as readonly AdmissionCase[])
        .filter((request) => !NOT_HERE.test(JSON.stringify(request)))
        .map((request) => atRunning(request, agent, component));
      const found = await Promise.all(requests.map((request) => outcomeOf(client, request)));
      const wrong = requests.flatMap((request, index) => {
        const outcome = found[index] as string;
        return isExpected(outcome, request) ? [] : [`${request.name}, ${request.refusedBy ?? "allowed"}: ${outcome}`];
      });
      if (wrong.length > 0) throw new Error(wrong.join("\n"));
      const refused = requests.filter(({ refusedBy }) => refusedBy !== undefined).length;
      ok(refused > 0 && refused < requests.length);
      note(`${refused} refused, ${requests.length - refused} allowed`);
    },
  );
}

/** The same request about pods that run here */
function atRunning(request: AdmissionCase, agent: string, component: string): AdmissionCase {
  const text = JSON.stringify(request)
    .replaceAll("services/admission/", `services/ambit-${AGENT.name}/`)
    .replaceAll("admission-agents", AGENT.namespace)
    .replaceAll("admission-triage", agent)
    .replaceAll("admission-component", component)
    .replaceAll("admission-node", NODE_NAME);
  const made = JSON.parse(text) as AdmissionCase;
  return made.as === "kubelet" && made.refusedBy !== undefined ? { ...made, ...BY_NODE_RESTRICTION } : made;
}
