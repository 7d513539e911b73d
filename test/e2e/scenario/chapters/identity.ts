import { deepStrictEqual as equal, match, ok } from "node:assert";
import { forgedStranger, log, refusedStranger, SPIFFE_ID } from "../../cluster/agent-checks";
import type { OneNode } from "../../cluster/one-node";
import { serverSays } from "../../cluster/spire-server";
import type { Story } from "../story";
import type { StoryWorld } from "../world";

const CHAPTER = "Identity";
/** What the platform renders for agents, in seconds */
const LONGEST = 3600;
/** By which the clocks of SPIRE and the companion may differ, and a second of rounding */
const SKEW = 30;

/** Who a pod is, by what SPIRE asks the kubelet of it */
export function identity(story: Story, { node, serving }: StoryWorld): void {
  story.scene(
    CHAPTER,
    "the pod of support-triage gets the identity of its service account, and no other",
    [node, serving],
    async ([on, name], tell) => {
      const given = await identitiesIn(on, name);
      equal([...new Set(given.map(({ spiffeId }) => spiffeId))], [SPIFFE_ID]);
      const [{ time, expiresAt }] = given as readonly [Given];
      const seconds = expiresAt - Date.parse(time) / 1000;
      ok(seconds > 0 && seconds <= LONGEST + SKEW, `it lives for ${seconds} s`);
      tell("proven", `SPIRE gave the companion of the pod ${name} an X.509 certificate for one SPIFFE ID`, SPIFFE_ID);
      tell("measured", `It ends by itself after ${Math.round(seconds / 60)} minutes`);
      const selectors = await selectorsOf(on);
      ok(
        ["pod-uid:", "ns:support", "sa:support-triage"].every((one) => selectors.some((text) => text.startsWith(one))),
        selectors.join(),
      );
      tell(
        "proven",
        "SPIRE gives it to that pod of that service account alone, which it asks the kubelet of: no secret lies in the pod",
        selectors.join(", "),
      );
    },
  );

  story.scene(
    CHAPTER,
    "a pod that no declaration selects gets none, and cannot call itself an agent",
    [node, serving],
    async ([on], tell) => {
      const { not_ready: lacks, error_description: why } = await refusedStranger(on);
      equal(lacks, ["identity"]);
      tell("refused", "The same companion in another pod is given no identity", String(why));
      const refusal = await forgedStranger(on);
      match(refusal, /ValidatingAdmissionPolicy 'ambit-foreign-pods'/);
      tell("refused", "With the labels of an agent that pod is not let into the cluster", refusal);
    },
  );
}

interface Given {
  readonly time: string;
  readonly spiffeId: string;
  /** Seconds since the epoch */
  readonly expiresAt: number;
}

async function identitiesIn(on: OneNode, pod: string): Promise<readonly Given[]> {
  const lines = (await log(on, pod)).split("\n").filter((line) => line.includes('"identity.changed"'));
  return lines.map((line) => JSON.parse(line) as Given);
}

/** By which SPIRE knows a process of the agent */
async function selectorsOf(on: OneNode): Promise<readonly string[]> {
  const said = await serverSays(on, ["entry", "show", "-spiffeID", SPIFFE_ID]);
  const { entries } = said as {
    readonly entries: readonly { readonly selectors: readonly { readonly value: string }[] }[];
  };
  return entries.flatMap(({ selectors }) => selectors.map(({ value }) => value));
}
