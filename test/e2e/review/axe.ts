import { deepStrictEqual } from "node:assert";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { violations } from "../harness/page";
import { open } from "./browser";

/** By day, by night, and on a phone */
const VIEWS: readonly BrowserContextOptions[] = [
  { colorScheme: "light" },
  { colorScheme: "dark" },
  { viewport: { width: 390, height: 800 } },
];

/** Axe finds nothing in any view of these pages; gives how many views there were. */
export async function findsNothing(browser: Browser, urls: readonly string[]): Promise<number> {
  for (const view of VIEWS) {
    for (const url of urls) deepStrictEqual(await violationsAt(browser, url, view), []);
  }
  return VIEWS.length * urls.length;
}

/** Axe comes from outside, which the page's policy forbids. */
async function violationsAt(browser: Browser, url: string, view: BrowserContextOptions): Promise<unknown> {
  const { page } = await open(browser, url, { ...view, bypassCSP: true });
  const found = await violations(page);
  await page.context().close();
  return found;
}
