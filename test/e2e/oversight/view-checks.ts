import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { BrowserContextOptions, Page } from "playwright-core";
import { ask } from "../../../runtime/approval/approvals";
import { untilFocused, violations } from "../harness/page";
import type { Check, Suite } from "../harness/suite";
import { APPROVERS } from "./oversight-fleet";
import { ORIGIN, type OversightWorld } from "./oversight-world";

const VIEWS: readonly BrowserContextOptions[] = [
  { colorScheme: "light" },
  { colorScheme: "dark" },
  { viewport: { width: 390, height: 800 } },
];
const WIDTH = "document.scrollingElement.scrollWidth - window.innerWidth";
const FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1";
const MANY = 1_000;
const VISITS = 4;
const ASKING = { userEmail: "ann@users.example", mark: "internal", tainted: false, sensitivity: "internal" } as const;
const APPROVAL = { group: APPROVERS, requestOpenSeconds: 3_600, decisionGoodForSeconds: 300 };

/** How the page looks, how it is used without a mouse, and with very many requests */
export function viewChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check("page: it is used by keyboard alone", [world], async ([at]) => {
    const path = await at.asks({ user: "keys" });
    const dora = await at.approver("dora");
    const page = await dora.visit(path);
    await untilFocused(page, "textarea[name=reason]");
    await page.keyboard.type("by keyboard");
    await untilFocused(page, "input[name=read]");
    await page.keyboard.press("Space");
    await untilFocused(page, "button[value=approved]");
    await page.keyboard.press("Enter");
    await page.getByText("Reason: by keyboard").waitFor();
    await dora.leave();
  });

  suite.check(
    "page: axe finds nothing by day, by night and on a phone, and nothing is wider than the screen",
    [world],
    async ([at], note) => {
      const path = await at.asks({ user: "views", body: { amount: 3, note: "a\u202eb", lines: ["x".repeat(900)] } });
      let count = 0;
      for (const view of VIEWS) {
        const dora = await at.approver("dora", { ...view, bypassCSP: true });
        for (const each of ["/requests", path, "/history", "/requests?search=nothing", "/no-page"]) {
          const page = await dora.visit(each);
          equal(await violations(page), []);
          ok(((await page.evaluate(WIDTH)) as number) <= 0, `${each} is wider than the screen`);
          count += 1;
        }
        await dora.leave();
      }
      note(`${count} views of pages`);
    },
  );

  suite.check("page: on paper there is no button, and all of the request", [world], async ([at]) => {
    const dora = await at.approver("dora");
    const page = await dora.visit(await at.asks({ user: "paper", body: { amount: 4, note: "to be printed" } }));
    await page.emulateMedia({ media: "print" });
    equal(await page.getByRole("button").count(), 0);
    match(await dora.main(), /to be printed/);
    await dora.leave();
  });

  suite.check(
    "page: another web site can neither send a decision nor show the page in a frame",
    [world],
    async ([at]) => {
      const path = await at.asks({ user: "foreign" });
      const dora = await at.approver("dora");
      await dora.visit(path);
      const { page } = dora;
      const token = await page.locator("form.decide input, .decide input[name=token]").last().inputValue();
      const digest = await page.locator(".decide input[name=digest]").inputValue();
      await page.goto("about:blank");
      await page.setContent(
        `<form method="post" action="${ORIGIN}${path}"><input name="digest" value="${digest}"><input name="token" value="${token}"><input name="read" value="yes"><button name="verdict" value="approved">win</button></form><iframe src="${ORIGIN}${path}"></iframe>`,
      );
      const framed = page.frames().at(-1);
      ok(!(await framed?.content())?.includes("Your decision"), "the page is shown in a frame");
      await page.getByRole("button").click();
      await page.waitForURL(`${ORIGIN}/**`);
      match(await page.locator("body").innerText(), /not logged in|comes from another page/i);
      await dora.visit(path);
      match(await dora.main(), /Open for/);
      await dora.leave();
    },
  );

  suite.check(`page: ${MANY} open requests are listed by pages, and found`, [world], async ([at], note) => {
    await at.gateway.meanwhile(async (state) => {
      const now = Math.floor(Date.now() / 1_000);
      for (let count = 0; count < MANY; count += 1) {
        const request = at.exact(`user-${count}`, `many-${count}`);
        const asked = { request, txn: `txn-${count}`, approval: APPROVAL, start: undefined, asking: ASKING, now };
        const { writes } = await ask(state, {
          ...asked,
          owners: ["office@acme.example"],
          agents: ["payer"],
          runs: [],
          sessions: [],
        });
        await state.store.write(writes);
      }
    });
    const dora = await at.approver("dora");
    const page = await dora.visit("/requests");
    // The quickest of a few: what else the machine does is no matter of the page.
    const all: number[] = [];
    for (let visit = 0; visit < VISITS; visit += 1) all.push(await firstPaint(await dora.visit("/requests")));
    note(`first paint after ${all.map((each) => each.toFixed(0)).join(", ")} ms`);
    await page.getByRole("searchbox").fill("user-777");
    await page.getByRole("button", { name: "Search" }).click();
    match(await dora.main(), /1 to 1 of 1 request/);
    await dora.leave();
  });
}

/** Milliseconds from the request on; the browser tells of it a little later than the page is loaded. */
async function firstPaint(page: Page): Promise<number> {
  for (;;) {
    const painted = (await page.evaluate(FIRST_PAINT)) as number;
    if (painted >= 0) return painted;
    await page.waitForTimeout(20);
  }
}
