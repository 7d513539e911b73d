import { deepStrictEqual as equal, ok } from "node:assert";
import type { Browser, Page } from "playwright-core";
import { untilFocused, violations } from "../harness/page";
import type { Check, Suite } from "../harness/suite";
import { findsNothing } from "../review/axe";
import { open } from "../review/browser";
import type { DevWorld } from "./dev-world";
import { Visitor } from "./visitor";

const PHONE = { viewport: { width: 390, height: 800 } } as const;
const WIDTH = "document.scrollingElement.scrollWidth - window.innerWidth";

/** How it looks, and how it is used without a mouse */
export function viewChecks(suite: Suite, browser: Check<Browser>, world: Check<DevWorld>): void {
  suite.check("it is used by keyboard alone", [browser, world], async ([at, { page: url }]) => {
    const { page, leave } = await keyboard(at, url);
    await untilFocused(page, "#sign-in");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in for development" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#ask").waitFor();
    await untilFocused(page, "#body");
    await page.keyboard.press("Control+Enter");
    await page.locator("#said article").nth(1).waitFor();
    await leave();
  });

  suite.check(
    "axe finds nothing, by day, by night and on a phone",
    [browser, world],
    async ([at, { page: url }], note) => {
      const visitor = await Visitor.open(at, url);
      await visitor.page.locator("#sign-in").click();
      await visitor.page.getByRole("heading", { name: "Sign in for development" }).waitFor();
      const signIn = visitor.page.url();
      await visitor.leave();
      note(`${await findsNothing(at, [`${url}/`, signIn])} views of pages`);
      for (const colorScheme of ["light", "dark"] as const) {
        const signedIn = await Visitor.open(at, url, { colorScheme, bypassCSP: true });
        await signedIn.signIn("bob");
        await signedIn.say("hello");
        equal(await violations(signedIn.page), []);
        await signedIn.leave();
      }
    },
  );

  suite.check("on a phone nothing is wider than the screen", [browser, world], async ([at, { page: url }]) => {
    const visitor = await Visitor.open(at, url, PHONE);
    ok(((await visitor.page.evaluate(WIDTH)) as number) <= 0);
    await visitor.signIn("ann");
    await visitor.say("answer ticket 4711");
    ok(((await visitor.page.evaluate(WIDTH)) as number) <= 0);
    await visitor.leave();
  });
}

async function keyboard(browser: Browser, url: string): Promise<{ readonly page: Page; leave(): Promise<void> }> {
  const { page } = await open(browser, url);
  await page.locator("#connection", { hasText: "live" }).waitFor();
  return { page, leave: () => page.context().close() };
}
