import { deepStrictEqual as equal, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import type { DeskPod } from "./agent-checks";
import { type Pod, podAddress, referenceOf } from "./pod";
import type { WaysInWorld } from "./ways-in-world";

const [SECOND, THIRD] = [podAddress(), podAddress()];
/** Longer than the gateway keeps an address, and shorter than a server is waited for to end */
const DRAIN_SECONDS = 7;
/** Of 100 ms each: the stream ends while its pod drains */
const PARTS = 40;

/** What happens to pods; behind all checks that need the first one */
export function podChecks(suite: Suite, world: Check<WaysInWorld>, pod: Check<DeskPod>): void {
  const moved = suite.check(
    "ways in: another pod joins the run where the one that had it is gone",
    [world, pod],
    async ([at, { pod: gone, desk }]): Promise<Pod> => {
      const user = "moving-eve";
      const reference = String((await desk.seen({ user })).answer.headers["ambit-run"]);
      const second = await at.pod("clerk", SECOND, { drainSeconds: DRAIN_SECONDS });
      at.podsAt("clerk", gone.address, SECOND);
      // As long as both are there, the run is where it was.
      await desk.reaches(SECOND, referenceOf);
      for (let again = 0; again < 4; again += 1) {
        const { answer } = await desk.seen({ user, headers: { "ambit-run": reference } });
        equal(answer.headers["ambit-run"], reference);
      }
      at.podsAt("clerk", SECOND);
      await gone.companion.kill();
      const run = reference.split(".")[0] as string;
      const deadline = performance.now() + 60_000;
      for (;;) {
        const joined = await desk.chat({ user, headers: { "ambit-run": reference } });
        if (joined.status === 200) {
          equal(joined.headers["ambit-run"], referenceOf(run, SECOND));
          break;
        }
        equal(joined.codes, ["way.unreachable"]);
        ok(performance.now() < deadline, "the name still leads to the pod that is gone");
      }
      const posted = await desk.post({ user, headers: { "ambit-run": reference } }, "?by=ambit-run", "on");
      equal(posted, { status: 200, codes: [] });
      return second;
    },
  );

  suite.check(
    "ways in: a rolling update refuses no request, breaks no stream off, and moves each run to the new pod",
    [world, pod, moved],
    async ([at, { desk }, old]) => {
      const user = "rolling-fay";
      const reference = String((await desk.seen({ user })).answer.headers["ambit-run"]);
      const run = reference.split(".")[0] as string;
      equal(reference, referenceOf(run, SECOND));
      await at.pod("clerk", THIRD);
      let begun = (): void => undefined;
      const first = new Promise<void>((resolve) => (begun = resolve));
      const stream = at.ask({
        path: `/streams/${PARTS}`,
        evidence: at.evidence("tell", "streaming-gil"),
        onPart: () => {
          begun();
          return true;
        },
      });
      await first;
      // As Kubernetes does: a pod that ends is taken out of the service, and told, at the same time.
      at.podsAt("clerk", THIRD);
      const ended = old.companion.stop();
      const wentTo = new Set<unknown>();
      while (old.companion.running()) {
        const [joined, anew] = await Promise.all([
          desk.chat({ user, headers: { "ambit-run": reference } }),
          desk.chat({ user: "rolling-hana" }),
        ]);
        equal([joined.status, anew.status], [200, 200], `${joined.text} ${anew.text}`);
        wentTo.add(joined.headers["ambit-run"]);
      }
      await ended;
      equal([...wentTo], [reference, referenceOf(run, THIRD)]);
      const { status, isWhole, text } = await stream;
      equal([status, isWhole, text.includes(`data: ${PARTS - 1}\n`)], [200, true, true]);
    },
  );
}
