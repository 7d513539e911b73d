import { deepStrictEqual as equal, match, ok } from "node:assert";
import { readApproval } from "../../../runtime/approval/approvals";
import { approvalKey } from "../../../runtime/store/keys";
import type { StateStore } from "../../../runtime/store/store";
import type { Check, Suite } from "../harness/suite";
import type { Approver } from "./approver";
import { ORIGIN, type OversightWorld, sessionDigest } from "./oversight-world";
import { earlier, SESSION } from "./page-session";

/** HTML, a line of JavaScript, and characters that hide and turn text: to be seen as text */
const HOSTILE = `</bdi><img src=x onerror=window.hacked=1><script>window.hacked=1</script>\u202egnp.exe\u200b`;

interface LoggedIn {
  readonly at: OversightWorld;
  readonly bob: Approver;
}

/** People decide on the approvers' page, and the gateway does what they decided. */
export function pageChecks(suite: Suite, world: Check<OversightWorld>): Check<LoggedIn> {
  const loggedIn = suite.check(
    "page: a link leads through Keycloak's login back to the request, with all that is decided on",
    [world],
    async ([at]) => {
      const path = await at.asks({ user: "ann", body: { amount: 5, note: "Dear Ann,\nsorry." } });
      const bob = await at.approver("bob");
      const page = await bob.visit(path);
      equal(page.url(), `${ORIGIN}${path}`);
      const text = await bob.main();
      for (const said of [
        "payer",
        "till.refund",
        "High impact",
        "Outward",
        "for ann",
        "Pays refunds",
        "office@acme.example",
      ]) {
        ok(text.toLowerCase().includes(said.toLowerCase().replace("for ", "")), `${said} is not on the page:\n${text}`);
      }
      match(text, /Dear Ann,\s*line break\s*sorry\./);
      return { at, bob };
    },
  );

  suite.check("page: what is approved goes out exactly once", [loggedIn], async ([{ at, bob }]) => {
    const payment = { user: "once", body: { amount: 12.5 } };
    await bob.visit(await at.asks(payment));
    await bob.approve("asked on the phone");
    match(await bob.main(), /Approved by [^]* Reason: asked on the phone/);
    equal(await bob.page.getByRole("button", { name: "Approve" }).count(), 0);
    equal((await at.pays({ ...payment, body: { amount: 12.51 } })).status, 403);
    equal((await at.pays(payment)).status, 200);
    const again = await at.pays(payment);
    equal([again.status, again.codes], [403, ["approval.required"]]);
  });

  suite.check("page: what is refused, with a reason, does not go out", [loggedIn], async ([{ at, bob }]) => {
    const payment = { user: "refused" };
    const path = await at.asks(payment);
    await bob.visit(path);
    await bob.refuse("");
    match(await bob.main(), /write a reason to refuse/);
    await bob.refuse("too much");
    match(await bob.main(), /Refused by [^]* Reason: too much/);
    const got = await at.pays(payment);
    equal([got.status, got.codes], [403, ["approval.refused"]]);
  });

  suite.check(
    "page: the second of two tabs, and of two people, sees who decided",
    [loggedIn],
    async ([{ at, bob }]) => {
      const path = await at.asks({ user: "tabs" });
      const dora = await at.approver("dora");
      await dora.visit(path);
      await bob.visit(path);
      const tab = await bob.tab(path);
      await bob.approve();
      await tab.getByLabel("I have read all").check();
      await tab.getByRole("button", { name: "Approve" }).click();
      match(await tab.locator("main").innerText(), /Nothing was decided now[^]*Approved by/);
      await dora.refuse("no");
      match(await dora.main(), /Nothing was decided now[^]*Approved by/);
      await tab.close();
      await dora.leave();
    },
  );

  suite.check("page: who is in no group that decides sees neither request nor list", [loggedIn], async ([{ at }]) => {
    const path = await at.asks({ user: "hidden" });
    const carol = await at.approver("carol");
    await carol.visit(path);
    match(await carol.main(), /No such request/);
    await carol.visit("/requests");
    match(await carol.main(), /Nothing waits for you/);
    await carol.leave();
  });

  suite.check(
    "page: what the agent writes is text, and stands in full before the buttons",
    [loggedIn],
    async ([{ at, bob }]) => {
      const lines = Array.from({ length: 40 }, (_, n) => `line ${n} ${"x".repeat(700)}`);
      await bob.visit(await at.asks({ user: "hostile", body: { amount: 1, note: HOSTILE, lines } }));
      const { page } = bob;
      bob.noticed.length = 0;
      await page.reload();
      equal(await page.evaluate("window.hacked"), undefined);
      equal(await page.locator("main img, main script").count(), 0);
      const text = await bob.main();
      ok(text.includes("<img src=x onerror=window.hacked=1>") && text.includes("U+202E") && text.includes("U+200B"));
      ok(
        lines.every((line) => text.includes(line)),
        "a line is missing",
      );
      const below = "document.querySelector('.arguments').getBoundingClientRect().bottom";
      const button = "document.querySelector('button[name=verdict]').getBoundingClientRect().top";
      ok((await page.evaluate(`${below} <= ${button}`)) as boolean, "the buttons stand above the end of the arguments");
      equal(bob.noticed, []);
    },
  );

  suite.check(
    "page: a login that is too old leads to Keycloak and back; what is over has no buttons; logging out ends the session",
    [loggedIn],
    async ([{ at, bob }]) => {
      const [stale, over] = [await at.asks({ user: "stale" }), await at.asks({ user: "over" })];
      const digest = sessionDigest(await bob.cookie(SESSION));
      await at.gateway.meanwhile(async ({ store, epoch }) => {
        await earlier(store, epoch, digest);
        await endedNow(store, epoch, over);
      });
      await bob.visit(over);
      match(await bob.main(), /Over since/);
      await bob.visit(stale);
      equal(await bob.page.getByRole("button", { name: "Approve" }).count(), 0);
      await bob.page.getByRole("link", { name: "Log in again" }).click();
      await bob.page.waitForURL(`${ORIGIN}${stale}`);
      await bob.approve();
      match(await bob.main(), /Approved by/);
      await bob.page.getByRole("button", { name: "Sign out" }).click();
      match(await bob.main(), /Logged out/);
      await bob.page.goto(`${ORIGIN}${stale}`);
      await bob.page.waitForURL(`${ORIGIN}${stale}`);
    },
  );
  return loggedIn;
}

/** The time to decide on it has just ended. */
async function endedNow(store: StateStore, epoch: number, path: string): Promise<void> {
  const handle = path.split("/").at(-1) as string;
  const stored = await readApproval({ store, epoch }, handle);
  if (stored === undefined) throw new Error("there is no such request");
  const [item] = await store.read([approvalKey(epoch, handle)]);
  const openUntil = Math.floor(Date.now() / 1_000) - 1;
  const value = { ...(item?.value as object), openUntil } as never;
  await store.write([
    { kind: "put", key: approvalKey(epoch, handle), value, expiresAt: openUntil + 3_600, when: "present" },
  ]);
}
