import { deepStrictEqual as equal } from "node:assert";
import type { Browser } from "playwright-core";
import type { Check, Suite } from "../harness/suite";
import { DevWorld } from "./dev-world";
import { Visitor } from "./visitor";

/** The story that the terminal tells, on the page */
export function storyChecks(suite: Suite, browser: Check<Browser>): void {
  const world = suite.check("npm run dev starts, with agents that are played by hand", [browser], () =>
    DevWorld.start(suite),
  );

  suite.check("a prompt injection is played, and watched as it happens", [browser, world], async ([at, dev]) => {
    const visitor = await Visitor.open(at, dev.page);
    const { page } = visitor;
    await page.locator("#story").click();
    await page.locator("#said article").nth(6).waitFor();
    const steps = page.locator("#said article .head .badge");
    equal(await steps.allInnerTexts(), ["allowed", "allowed", "refused", "refused", "refused", "refused", "allowed"]);
    await visitor.happened("zendesk.comment succeeded").waitFor();
    equal(await page.locator("#events li.refused").count(), 4);
    equal(await page.locator("#runs article").count(), 3);
    await visitor.leave();
  });
}
