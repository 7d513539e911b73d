import { join } from "node:path";
import type { Check, Suite } from "../../harness/suite";
import { npmNode } from "../../harness/npm-node";
import { agentPods } from "../agent-checks";
import { standInHere } from "../images";
import { type Control, registered } from "../control-checks";
import type { OneNode } from "../one-node";
import { temporary } from "../temporary";
import { bundledImage } from "./bundled-image";
import type { AgentCode } from "./code";
import { hostedPods } from "./hosted-pods";

const READY_SECONDS = 240;
const ROOT = join(__dirname, "../../../..");
const NAME = "researcher";

export const RESEARCHER = {
  name: NAME,
  namespace: "research",
  labels: { "ambit.internal/agent": NAME },
  spiffeId: `spiffe://prod.acme.example/ns/research/sa/${NAME}`,
} as const;

const CODE: AgentCode = {
  said: "the official SDK of A2A on Express",
  image: async (folder) => {
    const { modules } = await npmNode("web", join(ROOT, "test/e2e/engines/web"));
    return bundledImage(folder, NAME, join(ROOT, "examples", NAME, "agent.mjs"), modules);
  },
  container: () => standInHere(NAME),
  volumes: [],
  objects: [],
};

/**
 * The researcher of `examples/`, an agent of A2A by the official SDK, as it is: another agent's work reaches it by the gateway.
 *
 * @returns the check that its pod is Ready, with the name of that
 */
export function researcherCheck(
  suite: Suite,
  node: Check<OneNode>,
  { gateway, front }: Pick<Control, "front" | "gateway">,
): Check<string> {
  return suite.check(
    "agents: the researcher of examples/, on the official A2A SDK, runs unchanged in its own pod",
    [node, front, gateway],
    async ([on], note) => {
      await on.importImage(await CODE.image(temporary(suite, NAME)));
      await on.client("deployer").apply(agentPods(hostedPods(NAME), CODE));
      await registered(on, RESEARCHER.spiffeId);
      const [seconds, pod] = await on.podReady(RESEARCHER.namespace, RESEARCHER.labels, READY_SECONDS);
      note(`${pod} is Ready ${seconds.toFixed(1)} s later`);
      return pod;
    },
  );
}
