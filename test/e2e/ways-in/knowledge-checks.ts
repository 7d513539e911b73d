import { deepStrictEqual as equal, match } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { podAddress } from "./pod";
import type { WaysInWorld } from "./ways-in-world";

const FILER_ADDRESS = podAddress();
/** Says when something goes on, for what another user waits: what it is told is known to no other user's session */
const CONTROL = "knowing-zoe";

/** What the desk got of its delegate */
interface Got {
  readonly status: number;
  readonly text: string;
}

/** Each message tells who gets it what its sender has read by then, and nothing else does. */
export function knowledgeChecks(
  suite: Suite,
  world: Check<WaysInWorld>,
  pod: Check<DeskPod>,
  delegate: Check<unknown>,
): void {
  const asked = async (at: WaysInWorld, path: string, user = CONTROL): Promise<Got> => {
    const { status, text } = await at.ask({ path: `/questions/${path}`, evidence: at.evidence("ask", user) });
    equal([status, text.slice(0, 300)], [200, text.slice(0, 300)]);
    return JSON.parse(text) as Got;
  };

  suite.check(
    "ways in: who handed the work on still answers low while its delegate has read above, and no more once it has been answered",
    [world, pod, delegate],
    async ([at, { desk }]) => {
      const user = "knowing-ivy";
      const held = asked(at, "knowing/held/21", user);
      await asked(at, "knowing/came/21");
      equal((await desk.chat({ user })).status, 200);
      equal((await desk.post({ user }, "", "low")).status, 200);
      await asked(at, "knowing/goes/21");
      const { status, text } = await held;
      equal([status, text], [200, JSON.stringify({ status: 200 })]);
      const cut = await desk.chat({ user });
      equal([cut.status, cut.codes], [403, ["answer.above-clearance"]]);
    },
  );

  suite.check(
    "ways in: what is read between two parts of a request comes with the second one, which an edge may not let through",
    [world, pod, delegate],
    async ([at]) => {
      const user = "knowing-joe";
      const sent = asked(at, "sending/parts/22", user);
      equal((await asked(at, "sending/came/22")).text, JSON.stringify({ text: "one " }));
      const read = await at.ask({ path: "/records/22", evidence: at.evidence("work", user) });
      equal(read.status, 200);
      await asked(at, "sending/goes/22");
      const { status, text } = await sent;
      equal(status, 403);
      match(text, /delegation\.above-sensitivity/);
      equal((await asked(at, "sending/came/22")).text, JSON.stringify({ text: "one " }));
    },
  );

  suite.check(
    "ways in: what a third agent has read is known to the first one by the chain of answers",
    [world, pod, delegate],
    async ([at, { desk }]) => {
      await at.pod("filer", FILER_ADDRESS);
      at.podsAt("filer", FILER_ADDRESS);
      const user = "knowing-kim";
      equal((await desk.chat({ user })).status, 200);
      const { status, text } = await asked(at, "knowing/asked/23", user);
      equal([status, (JSON.parse(text) as Got).status], [200, 200]);
      const cut = await desk.chat({ user });
      equal([cut.status, cut.codes], [403, ["answer.above-clearance"]]);
    },
  );
}
