import type { Browser, Page } from "playwright-core";
import { LOGIN } from "../../cluster/aws/front";
import { PAGE_ORIGIN } from "../../cluster/approver-page";

const SLOW_MILLISECONDS = 60_000;
/** Wide enough for every part of the page */
const VIEWPORT = { width: 900, height: 1_000 };

/** A person with a browser of their own, who logs in at the platform's login when it asks for it */
export class Person {
  private constructor(
    public readonly page: Page,
    private readonly name: string,
    private readonly groups: readonly string[],
  ) {
    page.setDefaultTimeout(SLOW_MILLISECONDS);
  }

  public static async at(browser: Browser, name: string, groups: readonly string[]): Promise<Person> {
    const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: "light" });
    return new Person(await context.newPage(), name, groups);
  }

  /** @returns what the page says */
  public async visit(path: string): Promise<string> {
    await this.page.goto(`${PAGE_ORIGIN}${path}`);
    if (new URL(this.page.url()).host === LOGIN) await this.logIn();
    return this.says();
  }

  public async approve(reason: string): Promise<string> {
    await this.page.getByLabel("Reason").fill(reason);
    await this.page.getByLabel("I have read all").check();
    await this.page.getByRole("button", { name: "Approve this exact request" }).click();
    return this.says();
  }

  public says(): Promise<string> {
    return this.page.locator("main").innerText();
  }

  public mayDecide(): Promise<boolean> {
    return this.page.getByRole("button", { name: "Approve" }).isVisible();
  }

  public picture(): Promise<Buffer> {
    return this.page.screenshot({ type: "png", animations: "disabled", fullPage: true });
  }

  public async leave(): Promise<void> {
    await this.page.context().close();
  }

  private async logIn(): Promise<void> {
    await this.page.locator(`input[name=user][value="${this.name}"]`).check();
    for (const group of await this.page.locator("input[name=group]").all())
      await group.setChecked(this.groups.includes(await group.inputValue()));
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.waitForURL(`${PAGE_ORIGIN}/**`);
  }
}
