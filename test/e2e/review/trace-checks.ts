import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { Browser } from "playwright-core";
import { recordIn } from "../../../cli/audit/record";
import { type Step, type Story, stepsOf } from "../../../cli/audit/trace/story";
import { storyPage } from "../../../cli/audit/trace/story-page";
import { TrailEvent } from "../../../cli/audit/trace/trail-event";
import { entriesWithTransaction, trailRecords, TXN } from "../../support/audit/told-transaction";
import { HOSTILE } from "../../review/report/arbitrary-review";
import type { Check, Suite } from "../harness/suite";
import { findsNothing } from "./axe";
import { open, texts } from "./browser";
import { pageWriter } from "./written";

/** The page of a transaction as a person uses it */
export function traceChecks(suite: Suite, browser: Check<Browser>): void {
  const pages = suite.check("pages of transactions are written", [], () => writtenPages(suite));

  suite.check("the page of a transaction loads and complains of nothing", [browser, pages], async ([chromium, all]) => {
    const { page, noticed } = await open(chromium, all.told);
    deepStrictEqual(noticed, []);
    match((await texts(page, "#verdict")).join(), /^14 steps in 51 s .* stopped by people$/);
    strictEqual(await page.locator("#picture circle").count(), 14);
    await page.locator("#picture a").nth(5).click();
    match((await texts(page, "#steps > li:target h3")).join(), /^orders\.refund waits for support-leads$/);
    await page.context().close();
  });

  suite.check("content of a record is text on the page", [browser, pages], async ([chromium, all]) => {
    const { page, noticed } = await open(chromium, all.hostile);
    deepStrictEqual(noticed, []);
    strictEqual(await page.locator("img, iframe, object, embed, style ~ style, a[href^='http']").count(), 0);
    strictEqual(await page.locator("script").count(), 2);
    await page.context().close();
  });

  suite.check("axe finds nothing in a transaction", [browser, pages], async ([chromium, all]) => {
    await findsNothing(chromium, [all.told]);
  });
}

interface Pages {
  readonly told: string;
  readonly hostile: string;
}

async function writtenPages(suite: Suite): Promise<Pages> {
  const records = entriesWithTransaction().map((bytes, index) => ({ index, bytes, record: recordIn(bytes) }));
  const own = records.filter(({ record: { writer } }) => writer !== "after");
  const events = trailRecords().flatMap((event) => TrailEvent.of(event, TXN, "valid") ?? []);
  const log = {
    origin: "audit.acme.example",
    size: records.length,
    root: "A".repeat(43),
    witnesses: ["witness.example"],
  };
  const story: Story = { txn: TXN, steps: stepsOf(own, events), log };
  const write = pageWriter(suite);
  const [step] = story.steps as readonly [Step];
  const text = HOSTILE.join(" ");
  const hostile: Story = {
    txn: text,
    log: { ...log, origin: text, witnesses: [text] },
    steps: HOSTILE.map((each) => ({
      ...step,
      title: `says ${each}`,
      kind: each,
      facts: [[each, each]],
      unaccounted: each,
    })),
  };
  return { told: write("transaction", storyPage(story)), hostile: write("hostile-transaction", storyPage(hostile)) };
}
