import { deepStrictEqual as equal, match, ok } from "node:assert";
import { CLERK } from "../../cluster/clerk-pods";
import { register } from "../../cluster/registrar";
import type { Check, Suite } from "../../harness/suite";
import { until } from "../../harness/until";
import { APPLIED_STACKS, type AppliedAccount } from "../account/applied";
import type { Cast } from "../cast";
import { WAYS } from "../fleet/parcel-desk";
import { storyApp } from "../fleet/story-app";
import { deployAgain } from "../kill/deploy-again";
import { REFUNDS } from "../refunds";
import { refusalIn } from "../triage-says";
import type { Story, Tell } from "../story";
import type { Applying } from "./declared";
import type { Decided } from "./decided";
import { AGENT, REASON } from "./killed";
import { WRITER, WRITERS_REASON } from "./letter-cut";

const CHAPTER = "The kill";
const SECONDS = 120;
const MERGE = "application/merge-patch+json";
const KILL_LIST = "/api/v1/namespaces/ambit-system/configmaps/ambit-killed-agents";
const KILLED = { [AGENT]: REASON, [WRITER]: WRITERS_REASON };
/** Who calls, and what is called, as it is told */
const STARTS = [AGENT, "exchange"] as const;

/** No approval and no deploy lets agents act again that were stopped. */
export function staysKilled(
  suite: Suite,
  story: Story,
  { node, aws, users, code }: Cast,
  begun: Check<Applying>,
  decided: Check<Decided>,
  killed: Check<string>,
): Check {
  const again = suite.check(
    "account: Terraform begins to apply the AWS resources once more, beside the next chapters",
    [begun, killed],
    async ([{ applying }]) => {
      const deploying = (await applying).again();
      // Where it fails, that is told by the step that waits for it.
      deploying.catch(() => undefined);
      return { deploying };
    },
  );

  const helpless = story.scene(
    CHAPTER,
    "neither an approval nor a person who decides, nor a new run, helps the agent",
    [decided, killed, again],
    async ([{ clerk, carol }, run], tell) => {
      const used = await clerk.pays(run, REFUNDS.approved);
      equal([used.status, used.reached], [403, []], JSON.stringify(used.answer));
      ok(JSON.stringify(used.answer).includes("agent.revoked"), JSON.stringify(used.answer));
      const said = "The refund that carol had approved does not go out, as no approval overrides a stop";
      tell("refused", said, "agent.revoked", [AGENT, "payments"]);

      match(await carol.approve(""), /Nothing was decided[^]*revoked/);
      const late = "Carol's decision on the third refund is not taken any more";
      tell("refused", late, "decide.stopped", ["carol", "approvals"]);
      tell.picture("What the page tells carol when she approves after the stop", await carol.picture());

      await clerk.beginsNothing();
      tell("refused", "A new run for alice does not begin", "agent.revoked", STARTS);
    },
  );

  const deployed = story.scene(
    CHAPTER,
    "a deploy of everything lifts neither kill: Terraform applies AWS again, and the objects are applied again",
    [node, aws, users, decided, again, helpless],
    async ([on, account, people, { clerk }, { deploying }], tell) => {
      // As docs/stop-an-agent.md has it where the kill switch is not there.
      await on.client("deployer").send("PATCH", KILL_LIST, { data: KILLED }, MERGE);
      tell("stand-in", "The example has no kill switch, so a deployer puts both on its list", "ambit-killed-agents");
      const count = await deployAgain(on, account, storyApp(), code);
      tell("proven", `${count} objects of the stacks control and agents are applied again, pods of agents among them`);
      toldOf(await deploying, tell);
      const list = await on.client("deployer").send("GET", KILL_LIST);
      equal(list.data, KILLED);
      await clerk.beginsNothing();
      tell("refused", `${AGENT} is still on the list, and begins no run`, "agent.revoked", STARTS);
      const got = await people.ask({ ...WAYS.track, user: "hal", body: { parcel: "PX-1001" } });
      equal([got.status, refusalIn(got)], [403, ["agent.revoked"]], got.text);
      tell("refused", `So is ${WRITER}, which no user reaches`, "agent.revoked", ["hal", WRITER]);
    },
  );

  return story.scene(CHAPTER, "its pods are deleted, and no other comes", [node, deployed], async ([on], tell) => {
    const chosen = ["-n", CLERK.namespace, "-l", `ambit.internal/agent=${AGENT}`];
    const { code, tail } = await on.kubectl(["delete", "pods", ...chosen, "--grace-period=1"]);
    equal(code, 0, tail);
    const said = `agent ${AGENT} is killed, so its pods are refused`;
    await until(
      async () =>
        (await on.client("administrator").list("v1", "Event", CLERK.namespace)).some(
          ({ reason, message }) => reason === "FailedCreate" && String(message).includes(said),
        ),
      SECONDS,
      "no event says that its pods are refused",
    );
    const pods = await on.client("administrator").list("v1", "Pod", CLERK.namespace);
    const stays = pods.filter(({ metadata: { labels = {}, deletionTimestamp } }) => {
      return (labels as typeof CLERK.labels)["ambit.internal/agent"] === AGENT && deletionTimestamp === undefined;
    });
    equal(stays, []);
    equal(
      (await register(on)).filter((spiffeId) => spiffeId === CLERK.spiffeId),
      [],
    );
    tell("refused", "Admission refuses each new pod, so none of it gets an SVID", said);
  }) as Check;
}

type Again = Awaited<ReturnType<AppliedAccount["again"]>>;

function toldOf({ changes, seconds }: Again, tell: Tell): void {
  equal(changes, []);
  tell("proven", "Terraform has applied the stacks of AWS again, and had nothing to change", APPLIED_STACKS.join(", "));
  tell("measured", `That took ${seconds.toFixed(0)} s`);
}
