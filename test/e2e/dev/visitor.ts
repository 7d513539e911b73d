import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { open, type Opened } from "../review/browser";

const SLOW_MILLISECONDS = 30_000;

/** A person with a browser on the page of `npm run dev` */
export class Visitor {
  private constructor(
    public readonly page: Page,
    public readonly noticed: readonly string[],
  ) {}

  public static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const { page, noticed }: Opened = await open(browser, url, options);
    page.setDefaultTimeout(SLOW_MILLISECONDS);
    await page.locator("#connection", { hasText: "live" }).waitFor();
    return new Visitor(page, noticed);
  }

  /** @param user typed where it is not one of those to choose from */
  public async signIn(user: string): Promise<void> {
    const { page } = this;
    await page.locator("#sign-in").click();
    await page.getByRole("heading", { name: "Sign in for development" }).waitFor();
    const known = page.getByRole("radio", { name: user, exact: true });
    if ((await known.count()) > 0) await known.check();
    else {
      await page.getByRole("radio", { name: "another user" }).check();
      await page.getByLabel("Name of the other user").fill(user);
    }
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#ask").waitFor();
  }

  /** Ask for another task of the agent from now on. */
  public async choose(task: string): Promise<void> {
    await this.page.locator("#task").selectOption(task);
  }

  /** Write it in the body, and wait for the whole answer. @returns what was answered */
  public async say(text: string): Promise<Locator> {
    const { page } = this;
    const before = await page.locator("#said article").count();
    await page.locator("#body").fill(JSON.stringify({ text }));
    await page.locator("#body").press("Control+Enter");
    const answer = page.locator("#said article").nth(before + 1);
    await answer.waitFor();
    await page.locator("#stop").waitFor({ state: "hidden" });
    return answer;
  }

  public happened(text: string | RegExp): Locator {
    return this.page.locator("#events li", { hasText: text });
  }

  public async leave(): Promise<void> {
    await this.page.context().close();
  }
}
