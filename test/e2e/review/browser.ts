import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { Skipped } from "../harness/suite";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

/**
 * The system's Chromium: none is downloaded for this.
 *
 * @throws Skipped where there is none
 */
export function browserProgram(): string {
  const program = PROGRAMS.find((path) => existsSync(path));
  if (program === undefined) throw new Skipped(`no Chromium here: none of ${PROGRAMS.join(", ")}`);
  return program;
}

export function startBrowser(...more: readonly string[]): Promise<Browser> {
  return startBrowserBy(browserProgram(), ...more);
}

/** @param program that starts it, and gives it all arguments */
export function startBrowserBy(program: string, ...more: readonly string[]): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: [...ARGUMENTS, ...more] });
}

export const texts = (page: Page, selector: string): Promise<readonly string[]> =>
  page.locator(selector).allInnerTexts();

export interface Opened {
  readonly page: Page;
  /** Errors, messages on the console, dialogs, and requests for anything but the page */
  readonly noticed: readonly string[];
}

export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const noticed: string[] = [];
  page.on("console", (message) => noticed.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => noticed.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!url.startsWith(request.url().split("#")[0] as string)) noticed.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    noticed.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, noticed };
}
