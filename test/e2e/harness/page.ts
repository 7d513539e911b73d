import type { Page } from "playwright-core";

/** Press Tab until it has the focus. @throws Error where the keyboard does not reach it */
export async function untilFocused(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 30; press += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(`document.activeElement?.matches("${selector}")`)) === true) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

/** What axe-core finds, each with the first element */
export async function violations(page: Page): Promise<unknown> {
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  return page.evaluate(
    "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))",
  );
}
