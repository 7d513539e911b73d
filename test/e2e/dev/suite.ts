import type { Suite } from "../harness/suite";
import { startBrowser } from "../review/browser";
import { approvalChecks } from "./approval-checks";
import { DevWorld } from "./dev-world";
import { foreignChecks, STRANGER } from "./foreign-checks";
import { stopChecks } from "./stop-checks";
import { storyChecks } from "./story-checks";
import { talkChecks } from "./talk-checks";
import { viewChecks } from "./view-checks";

/** The page of `npm run dev` in a real browser */
export function devSuite(suite: Suite): void {
  const browser = suite.check("Chromium starts", [], async () => {
    const started = await startBrowser(`--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`);
    suite.afterwards(() => started.close());
    return started;
  });
  const world = suite.check("npm run dev starts, with agents that serve", [browser], () =>
    DevWorld.start(suite, "--serves", "support-triage=example", "--serves", "researcher=example"),
  );
  talkChecks(suite, browser, world);
  foreignChecks(suite, browser, world);
  viewChecks(suite, browser, world);
  // The last of this start: the agent is stopped by them.
  approvalChecks(suite, browser, world);
  stopChecks(suite, browser, world);
  storyChecks(suite, browser);
}
