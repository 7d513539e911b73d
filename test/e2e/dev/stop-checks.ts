import { deepStrictEqual as equal, match } from "node:assert";
import type { Browser } from "playwright-core";
import type { Check, Suite } from "../harness/suite";
import type { DevWorld } from "./dev-world";
import { Visitor } from "./visitor";

/** Some step is not done: there is no AWS and no cluster here. */
const PARTLY = 3;
const TOO_EARLY = 4;

/** An agent that an operator stops from a terminal, on one machine */
export function stopChecks(suite: Suite, browser: Check<Browser>, world: Check<DevWorld>): void {
  const stopped = suite.check(
    "the terminal stops an agent: its next call is refused, and the page says so",
    [browser, world],
    async ([at, dev]) => {
      const visitor = await Visitor.open(at, dev.page);
      await visitor.signIn("bob");
      await visitor.say("hello");
      const { code, stdout } = await dev.typed("revoke support-triage");
      equal(code, PARTLY);
      match(stdout, /exchange +done +exchange and gateway refuse from the next request on/);
      const said = visitor.page.locator("#stopped");
      await said.getByText("agent support-triage").waitFor();
      match(await said.innerText(), /stopped\s+agent support-triage: a test of the kill switch[^]*not restored before/);
      match(await (await visitor.say("answer ticket 4711")).innerText(), /agent\.revoked/);
      await visitor.happened("agent.revoked").first().waitFor();
      return visitor;
    },
  );

  suite.check(
    "fails to restore it before all that it was given is over: the terminal says until when",
    [world, stopped],
    async ([dev, visitor]) => {
      const { code, stderr } = await dev.typed("restore support-triage");
      equal(code, TOO_EARLY);
      match(stderr, /agent support-triage cannot be restored before \d{4}-\d\d-\d\dT/);
      match(await (await visitor.say("hello")).innerText(), /agent\.revoked/);
      await visitor.leave();
    },
  );
}
