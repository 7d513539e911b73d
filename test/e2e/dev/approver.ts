import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { untilFocused } from "../harness/page";

const SLOW_MILLISECONDS = 30_000;

/** A person with a browser of their own on the approvers' page of `npm run dev` */
export class Approver {
  private constructor(public readonly page: Page) {}

  /** @param link of the request, as the page of `npm run dev` has it */
  public static async open(browser: Browser, link: string, options: BrowserContextOptions = {}): Promise<Approver> {
    // The authority of development is known to no browser.
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(SLOW_MILLISECONDS);
    await page.goto(link);
    await page.getByRole("heading", { name: "Sign in for development" }).waitFor();
    return new Approver(page);
  }

  /** @param without groups that the person is not in */
  public async logIn(user: string, ...without: readonly string[]): Promise<void> {
    const { page } = this;
    await page.getByRole("radio", { name: user, exact: true }).check();
    for (const group of without) await page.getByRole("checkbox", { name: group }).uncheck();
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("main").waitFor();
  }

  /** Log in as the first one, read, and approve. */
  public async approveByKeyboard(): Promise<void> {
    const { page } = this;
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByLabel("I have read all").waitFor();
    await untilFocused(page, "[name=reason]");
    await page.keyboard.type("as the customer was told");
    await untilFocused(page, "[type=checkbox]");
    await page.keyboard.press("Space");
    await untilFocused(page, "button[value=approved]");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Approve this exact request" }).waitFor({ state: "detached" });
  }

  public main(): Promise<string> {
    return this.page.locator("main").innerText();
  }

  public async leave(): Promise<void> {
    await this.page.context().close();
  }
}
