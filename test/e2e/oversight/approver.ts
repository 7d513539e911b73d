import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { PASSWORD, type PersonName } from "./keycloak-realm";

const ORIGIN = "https://approvals.acme.example";
const SLOW_MILLISECONDS = 30_000;

/** A person with a browser of their own, who logs in at Keycloak when it asks for it */
export class Approver {
  /** Errors, messages on the console, dialogs, and requests for anything but page and identity provider */
  public readonly noticed: string[] = [];

  private constructor(
    public readonly name: PersonName,
    public readonly page: Page,
  ) {
    page.setDefaultTimeout(SLOW_MILLISECONDS);
    page.on("console", (message) => this.note(`console: ${message.text()}`));
    page.on("pageerror", (error) => this.note(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  public static async open(browser: Browser, name: PersonName, options: BrowserContextOptions): Promise<Approver> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    return new Approver(name, await context.newPage());
  }

  /** Go there, and log in where Keycloak asks for it. */
  public async visit(path: string): Promise<Page> {
    await this.page.goto(`${ORIGIN}${path}`);
    if (!this.page.url().startsWith(ORIGIN)) await this.logIn();
    return this.page;
  }

  /** At Keycloak's own form. @param back where it leads to */
  public async logIn(back = `${ORIGIN}/**`): Promise<void> {
    await this.page.locator("#username").fill(this.name);
    await this.page.locator("#password").fill(PASSWORD);
    await this.page.locator("#kc-login").click();
    await this.page.waitForURL(back);
  }

  public async approve(reason = ""): Promise<void> {
    await this.page.getByLabel("Reason").fill(reason);
    await this.page.getByLabel("I have read all").check();
    await this.page.getByRole("button", { name: "Approve this exact request" }).click();
  }

  public async refuse(reason: string): Promise<void> {
    await this.page.getByLabel("Reason").fill(reason);
    await this.page.getByRole("button", { name: "Refuse" }).click();
  }

  public main(): Promise<string> {
    return this.page.locator("main").innerText();
  }

  /** A second tab of the same browser */
  public async tab(path: string): Promise<Page> {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(SLOW_MILLISECONDS);
    await page.goto(`${ORIGIN}${path}`);
    return page;
  }

  public async cookie(name: string): Promise<string> {
    const cookies = await this.page.context().cookies(ORIGIN);
    const found = cookies.find((each) => each.name === name);
    if (found === undefined) throw new Error(`the browser has no cookie ${name}`);
    return found.value;
  }

  public async leave(): Promise<void> {
    await this.page.context().close();
  }

  /** Keycloak's own page may say what it likes. */
  private note(what: string): void {
    if (this.page.url().startsWith(ORIGIN)) this.noticed.push(what);
  }
}
