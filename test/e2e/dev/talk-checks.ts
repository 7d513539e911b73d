import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Browser } from "playwright-core";
import type { Check, Suite } from "../harness/suite";
import { texts } from "../review/browser";
import type { DevWorld } from "./dev-world";
import { Visitor } from "./visitor";

/** HTML, a line of JavaScript, and characters that hide and turn text: to be seen as text */
const HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>\u202egnp.exe\u200b";
const SHOWN = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>\\u{202e}gnp.exe\\u{200b}";
const NAME = "<img src=x onerror=window.hacked=1>\u202e";
const FOREIGN = "#said img, #said script, #events img, #events script, #runs img, #user img, #problem img";

/** A person signs in, talks to an agent, and sees what comes of it. */
export function talkChecks(suite: Suite, browser: Check<Browser>, world: Check<DevWorld>): void {
  const ann = suite.check(
    "a user signs in by the issuer's page, and comes back",
    [browser, world],
    async ([at, dev]) => {
      const visitor = await Visitor.open(at, dev.page);
      equal(await texts(visitor.page, "#user"), ["No user is signed in."]);
      equal(await visitor.page.locator("#ask").isVisible(), false);
      await visitor.signIn("ann");
      equal(await texts(visitor.page, "#user"), ["Signed in as ann."]);
      equal(visitor.page.url(), `${dev.page}/`);
      return visitor;
    },
  );

  suite.check(
    "a request begins a run; the mark and the taint rise, and what a stranger ordered is refused, with what would allow it",
    [ann],
    async ([visitor]) => {
      const { page } = visitor;
      const answer = await visitor.say("answer ticket 4711");
      match(await answer.innerText(), /200\s+support-triage answers[^]*reads the ticket: 200[^]*call\.unrecognised/);
      for (const text of [
        "session begins",
        "knows more",
        "zendesk.read",
        "request of a2a",
        "zendesk.comment succeeded",
      ]) {
        await visitor.happened(text).first().waitFor();
      }
      const run = page.locator("#runs article", { hasText: "started by user" }).first();
      match(await run.innerText(), /support-triage\.answer\s+mark confidential\s+tainted[^]*for ann/);
      match(
        (await page.locator("#runs article").allInnerTexts()).join("\n"),
        /support-triage\.answer → researcher\.lookup/,
      );
      const refused = (code: string) => visitor.happened(code).first().innerText();
      match(await refused("call.unrecognised"), /refused\s+zendesk\s+by gateway[^]*support-triage\.answer, run /);
      match(await refused("delegation.above-sensitivity"), /token for exchange\s+by exchange[^]*researcher\.lookup/);
      match(
        await refused("audience.not-granted"),
        /Declared at fleet\/agents\/support-triage\.ts:\d+[^]*To allow it:[^]*do it in task "refund"/,
      );
    },
  );

  suite.check("a follow-up joins the run, and a new session is another one", [ann], async ([visitor]) => {
    const { page } = visitor;
    await page.getByRole("radio", { name: /go on with the run/ }).check();
    await visitor.say("hello");
    await visitor.happened("run joined").first().waitFor();
    await page.getByRole("radio", { name: /begin a run in a new session/ }).check();
    await visitor.say("hello");
    await visitor.happened("session begins").nth(2).waitFor();
    const own = page.locator("#runs article", { hasText: "started by user" });
    const sessions = (await own.allInnerTexts()).map((text) => /session (\S+)/.exec(text)?.[1]);
    equal([sessions.length, new Set(sessions).size], [2, 2]);
  });

  suite.check("hidden parts stay hidden, and come back", [ann], async ([visitor]) => {
    const refused = visitor.page.locator("#events li.refused:visible");
    ok((await refused.count()) > 0);
    await visitor.page.getByRole("checkbox", { name: "refused" }).uncheck();
    equal(await refused.count(), 0);
    await visitor.page.getByRole("checkbox", { name: "refused" }).check();
    ok((await refused.count()) > 0);
  });

  suite.check("HTML and hidden characters of a tool and of a user's name are text", [ann], async ([visitor]) => {
    const { page } = visitor;
    const comment = { ticket: { comment: { public: false, body: HOSTILE } } };
    const answer = await visitor.say(`call zendesk PUT /api/v2/tickets/1 ${JSON.stringify(comment)}`);
    ok((await answer.innerText()).includes(SHOWN), await answer.innerText());
    await page.locator("#sign-in").click();
    await page.getByRole("radio", { name: "another user" }).check();
    await page.getByLabel("Name of the other user").fill(NAME);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#ask").waitFor();
    equal(await texts(page, "#user"), ["Signed in as <img src=x onerror=window.hacked=1>\\u{202e}."]);
    await visitor.say("hello");
    match(await page.locator("#runs").innerText(), /for <img src=x onerror=window\.hacked=1>\\u\{202e\}/);
    equal(await page.locator(FOREIGN).count(), 0);
    equal(await page.evaluate("window.hacked ?? null"), null);
  });

  suite.check("the page logs no error, and sends no request to another host", [ann, world], async ([visitor, dev]) => {
    const foreign = visitor.noticed.filter(
      (each) =>
        !each.startsWith(`request: ${dev.page}/`) &&
        !/^request: http:\/\/127\.0\.0\.1:\d+\/(authorize|sign-in)/.test(each),
    );
    equal(foreign, []);
  });
}
