import { deepStrictEqual as equal } from "node:assert";
import { INJECTED, INSTRUCTION } from "../../cluster/tools/tickets";
import type { Check } from "../../harness/suite";
import type { Cast } from "../cast";
import type { Story } from "../story";
import { remedyOf } from "../told/remedy";
import { refusalIn } from "../triage-says";
import { ASKING } from "./delegated";

const CODES = ["approval.required", "session.tainted"];
/** What the ticket orders */
const REFUND = { order: "AC-6666", amount: 4_000 };

/** A ticket orders a refund, and the agent obeys it as one whose model was hijacked would. */
export function stoppedByInjection(story: Story, { node, front, users }: Cast, read: Check): Check {
  return story.scene(
    "Stopped by an injection",
    `ticket ${INJECTED} orders a refund, and support-triage obeys: it is stopped by what its session has read`,
    [node, front, users, read],
    async ([on, { tools }, people], tell) => {
      tell("asked", `A stranger wrote in the ticket: "${INSTRUCTION}"`, undefined, ["zendesk", "researcher"]);
      const arrived = await tools.during(async () => {
        const got = await people.ask({ user: ASKING, task: "refund", path: "/threads/refund", body: REFUND });
        equal([got.status, refusalIn(got)], [403, CODES], got.text);
      });
      equal(arrived, []);
      const tried = `${REFUND.amount} euros to order ${REFUND.order}`;
      tell("refused", `Support-triage asks payments for ${tried}: nothing reaches payments`, CODES.join(", "), [
        "support-triage",
        "payments",
      ]);
      for (const change of await remedyOf(on, "opa", CODES))
        tell("proven", "What would allow it, as ambit explain says and has decided again", change);
    },
  ) as Check;
}
