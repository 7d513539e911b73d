import { deepStrictEqual as equal } from "node:assert";
import { RESEARCHER } from "../../cluster/agent/researcher";
import { askAgent, inPodOf } from "../../cluster/ask-agent";
import type { Answer } from "../../cluster/ask-companion";
import { CLERK } from "../../cluster/clerk-pods";
import { codesOf } from "../../cluster/codes-of";
import type { Check } from "../../harness/suite";
import type { KubeObject } from "../../spire/kube-client";
import type { Cast } from "../cast";
import type { Story } from "../story";
import { ASKING } from "./delegated";

/** At which its companion listens for the gateway */
const PORT = 7465;
const TRY = `
const asked = fetch(process.argv[1], { signal: AbortSignal.timeout(10000) });
asked.then(() => "answered", ({ cause, name }) => cause?.code ?? name).then(console.log);
`;

/** The same agent cannot be asked in another way. */
export function notHandedOn(
  story: Story,
  { node, front, clerk, users, place, researcher }: Cast,
  delegated: Check,
): Check {
  return story.scene(
    "A user asks",
    "researcher is reached by no agent that declares no edge to it, and by no user",
    [node, front, clerk, users, place, researcher, delegated],
    async ([on, { login, tools }, clerk, people, { pod }, name], tell) => {
      const arrived = await tools.during(async () => {
        const evidence = login.token(CLERK.evidence);
        const [, { run }] = await askAgent(on, clerk, "POST", "/v1/runs", { task: "look", start: "user", evidence });
        const path = `/v1/runs/${String(run)}/delegates/researcher.lookup/`;
        const [status, answer] = await askAgent(on, clerk, "POST", path, {});
        equal([status, codesOf(answer)], [403, ["audience.not-granted"]], JSON.stringify(answer));
        tell(
          "refused",
          "No edge leads from refund-clerk to researcher, so it gets no token to hand work on",
          "audience.not-granted",
          ["refund-clerk", "researcher"],
        );
        const got = await people.ask({
          user: ASKING,
          agent: RESEARCHER.name,
          startedAs: "support-triage",
          task: "answer",
          path: "/",
        });
        equal([got.status, codesOf(JSON.parse(got.text) as Answer)], [403, ["way.start"]], got.text);
        tell("refused", "Dora asks researcher herself: it takes work of other agents alone", "way.start", [
          ASKING,
          "researcher",
        ]);
      });
      equal(arrived, []);
      const pods = await on.client("administrator").list("v1", "Pod", RESEARCHER.namespace);
      const { podIP } = pods.find(({ metadata }) => metadata.name === name)?.status as { readonly podIP: string };
      const from = { status: { podIP: pod } } as unknown as KubeObject;
      const said = await inPodOf(on, from, [process.execPath, "-e", TRY, `http://${podIP}:${PORT}/`]);
      equal(said.trim(), "ECONNREFUSED");
      tell(
        "refused",
        "No packet of support-triage's pod reaches the pod of researcher: the gateway is between them",
        "ECONNREFUSED",
      );
    },
  ) as Check;
}
