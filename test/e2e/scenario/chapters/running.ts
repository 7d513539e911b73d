import { ok } from "node:assert";
import { CHANGED as CONTROL_CHANGED } from "../../cluster/aws/control-pods";
import { isReady } from "../../cluster/one-node";
import { CHANGED as SPIRE_CHANGED, renderedSpire } from "../../cluster/rendered-spire";
import type { Check } from "../../harness/suite";
import type { Story } from "../story";
import type { StoryWorld } from "../world";

/** Of the platform and of agents in the story */
const NAMESPACES = ["ambit-system", "spire-server", "spire-system", "support", "finance"];

/** Programs that no suite can have here, and what does their work */
const STAND_INS = [
  ["A program of the test gives pods the socket of SPIRE's agent, in place of the SPIFFE CSI driver", "csi.spiffe.io"],
  [
    "The test writes SPIRE's entries for what the cluster's ClusterSPIFFEIDs select, in place of its controller manager",
    "registrar",
  ],
  ["A program of the test writes SVIDs to files for OPA and Envoy, in place of spiffe-helper", "svid-helper"],
  ["Tools, the model's provider and the users' login answer by their names and certificates of the test", "front"],
  ["refund-clerk has no code of its own here: the test asks its companion as that would", "refund-clerk"],
] as const;

/** What runs as pods, and what stands in for the rest */
export function running(story: Story, { node, gateway, exchange }: StoryWorld): Check {
  return story.scene(
    "Declared",
    "the platform and its agents run as pods of one node, as they are rendered",
    [node, gateway, exchange],
    async ([on], tell) => {
      const client = on.client("administrator");
      const pods = (await Promise.all(NAMESPACES.map((namespace) => client.list("v1", "Pod", namespace)))).flat();
      for (const namespace of NAMESPACES)
        ok(
          pods.some((pod) => pod.metadata.namespace === namespace && isReady(pod)),
          `no pod of ${namespace} is Ready`,
        );
      tell("proven", `${pods.filter(isReady).length} pods are Ready`, NAMESPACES.join(", "));
      tell("stand-in", "Pods of the control plane differ from what is rendered", CONTROL_CHANGED);
      tell("stand-in", "Pods of SPIRE differ from what is rendered", SPIRE_CHANGED);
      for (const what of renderedSpire().leftOut) tell("stand-in", "Not applied to this cluster", what);
      for (const [text, detail] of STAND_INS) tell("stand-in", text, detail);
    },
  ) as Check;
}
