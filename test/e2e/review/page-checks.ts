import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import type { Browser, Page } from "playwright-core";
import type { Check, Suite } from "../harness/suite";
import { findsNothing } from "./axe";
import { open, texts } from "./browser";
import type { Pages } from "./pages";

const FOREIGN =
  "img, iframe, object, embed, b, details:not(.more), link, style ~ style, #changes a[href^='http'], #fleet a[href^='http']";

const inSvg = (page: Page, selector: string): Promise<readonly string[]> =>
  page.locator(selector).evaluateAll((some) => some.map(({ textContent }) => textContent ?? ""));

/** The page of a review as a person uses it */
export function pageChecks(suite: Suite, browser: Check<Browser>, pages: Check<Pages>): void {
  suite.check(
    "the page opens, and loads and complains of nothing",
    [browser, pages],
    async ([chromium, { example }]) => {
      const { page, noticed } = await open(chromium, example);
      deepStrictEqual(noticed, []);
      match(
        (await texts(page, "#verdict")).join(),
        /^Approval needed from 2 of @acme\/security and .*: support-triage gains a combination, /,
      );
      deepStrictEqual(await texts(page, "#changes h3 a"), [
        "support-triage",
        "legacy/aws_iam_role.batch",
        "researcher",
      ]);
      deepStrictEqual(await texts(page, "main > section:visible > h2"), [
        "Approvals needed",
        "Fleet",
        "Changes",
        "Undeclared",
        "Declared, but not granted",
        "Acknowledged",
      ]);
      strictEqual(await page.locator(".edge.gained").count(), 1);
      await page.context().close();
    },
  );

  suite.check(
    "names of strangers are text: no element is theirs, and no script",
    [browser, pages],
    async ([chromium, all]) => {
      const { page, noticed } = await open(chromium, all.hostile);
      deepStrictEqual(noticed, []);
      strictEqual(await page.locator(FOREIGN).count(), 0);
      strictEqual(await page.locator("script").count(), 2);
      for (const place of ["#changes", "#undeclared", "#ungranted", "#approvals", "#acknowledged"]) {
        ok((await texts(page, `${place} td`)).includes("<script>alert(1)</script>"), place);
      }
      await page.context().close();
    },
  );

  suite.check("a search and the filters leave what is asked for", [browser, pages], async ([chromium, { example }]) => {
    const { page } = await open(chromium, example);
    await page.locator("#search").fill("BATCH");
    deepStrictEqual(await texts(page, "#changes h3 a"), ["legacy/aws_iam_role.batch"]);
    await page.locator("#search").fill("");
    for (const name of ["combination", "gain", "unknown", "undeclared", "ungranted"]) {
      await page.locator(`input[name=${name}]`).uncheck();
    }
    deepStrictEqual(await texts(page, "#undeclared, #ungranted"), ["", ""]);
    deepStrictEqual(await texts(page, "#changes tbody td:first-child"), ["loses tool", "loses action"]);
    await page.locator("input[name=loss]").uncheck();
    deepStrictEqual(await texts(page, "#changes"), ["No change fits what is asked for."]);
    await page.context().close();
  });

  suite.check(
    "a new combination is what a reader sees first, with all it is made of",
    [browser, pages],
    async ([chromium, { example }]) => {
      const { page } = await open(chromium, example);
      deepStrictEqual(await inSvg(page, ".node.combination text"), ["support-triage", "!+3?"]);
      strictEqual((await texts(page, "#changes tbody td:first-child"))[0], "new combination");
      deepStrictEqual(await texts(page, "#changes .abilities >> nth=0 >> li"), [
        "zendesk.read gives untrusted output at fleet/tools.ts:12",
        "s3:GetObject on arn:aws:s3:::acme-tickets/* (role) at agents/aws_iam_role_policy.support-triage.policy",
        "zendesk.close is seen outside at fleet/tools.ts:12",
      ]);
      match((await texts(page, "#changes .facts")).join(), /risk, new: .*revocation horizon 5 min/s);
      await page.context().close();
    },
  );

  suite.check(
    "a search finds approvers, ungranted access and acknowledged findings",
    [browser, pages],
    async ([chromium, { example }]) => {
      const { page } = await open(chromium, example);
      const found = async (text: string): Promise<readonly string[]> => {
        await page.locator("#search").fill(text);
        return texts(page, "tbody td:first-child:visible");
      };
      deepStrictEqual(await found("@acme/support"), ["default"]);
      deepStrictEqual(await found("manuals"), ["not granted action"]);
      deepStrictEqual(await found("January"), ["legacy/aws_iam_role.batch exfiltration"]);
      deepStrictEqual(await found("seen outside"), ["exfiltration", "new combination"]);
      await page.context().close();
    },
  );

  suite.check("a deep link picks a node, and a node is a link", [browser, pages], async ([chromium, { example }]) => {
    const { page } = await open(chromium, `${example}#/agent/support-triage`);
    deepStrictEqual(await texts(page, ".target h3 a"), ["support-triage"]);
    deepStrictEqual(await texts(page, "#selected li"), [
      "→ researcher: answer → researcher.lookup",
      "→ tickets: read",
      "→ zendesk: close, read (gained: close)",
    ]);
    await page.locator(".node", { hasText: "zendesk" }).click();
    match(page.url(), /#\/tool\/zendesk$/);
    deepStrictEqual(await texts(page, "#selected h3"), ["tool zendesk"]);
    await page.goto(`${example}#/agent/%E0%A4%A`);
    strictEqual(await page.locator("[aria-current]").count(), 0);
    await page.context().close();
  });

  suite.check(
    "a large fleet and many changes are shown in part, and a search finds the rest",
    [browser, pages],
    async ([chromium, { large }]) => {
      const { page } = await open(chromium, large);
      deepStrictEqual(await texts(page, "#shown"), ["Agents in the picture: 120, and 880 more: search for them"]);
      deepStrictEqual(await texts(page, "#changes > p"), [
        "And 1000 more changes, the least important: search for them.",
      ]);
      await page.locator("#search").fill("agent-999");
      deepStrictEqual(await inSvg(page, ".node text"), ["agent-999", "+3", "search"]);
      await page.context().close();
    },
  );

  suite.check("interactive elements are not printed", [browser, pages], async ([chromium, { example }]) => {
    const { page } = await open(chromium, example);
    await page.emulateMedia({ media: "print" });
    strictEqual(await page.locator("#controls").isVisible(), false);
    ok(await page.locator("#changes table").first().isVisible());
    await page.context().close();
  });

  suite.check("axe finds nothing, by day, by night and on a phone", [browser, pages], async ([chromium, all], note) => {
    const urls = [all.example, `${all.example}#/agent/support-triage`, all.nothing, all.hostile];
    note(`${await findsNothing(chromium, urls)} views of pages`);
  });
}
