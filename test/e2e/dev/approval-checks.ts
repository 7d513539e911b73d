import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Browser } from "playwright-core";
import { violations } from "../harness/page";
import type { Check, Suite } from "../harness/suite";
import { Approver } from "./approver";
import type { DevWorld } from "./dev-world";
import { Visitor } from "./visitor";

const NOTE = { ticket: { comment: { public: false, body: "refunded: parcel 8841 arrived broken" } } };
const ORDER = `call zendesk PUT /api/v2/tickets/4711 ${JSON.stringify(NOTE)}`;
const OTHER = ORDER.replace("4711", "4712");
const HANDLE_CHARACTERS = 43;

/** A call that waits for a person, on one machine */
export function approvalChecks(suite: Suite, browser: Check<Browser>, world: Check<DevWorld>): void {
  const waiting = suite.check(
    "a call that needs an approval is refused, and the page leads to the request",
    [browser, world],
    async ([at, dev]) => {
      const visitor = await Visitor.open(at, dev.page);
      await visitor.signIn("ann");
      await visitor.choose("refund");
      match(await (await visitor.say(ORDER)).innerText(), /PUT tools\/zendesk[^:]*: 403 approval\.required/);
      const asked = visitor.happened("approval asked for").first();
      match(await asked.innerText(), /zendesk\.comment\s[^]*support-triage\.refund/);
      const link = await linkIn(visitor);
      match(link, new RegExp(`^${dev.approvals}/requests/[\\w-]{43}$`));
      return { visitor, link };
    },
  );

  suite.check("fails for the user served, who is in the group", [browser, waiting], async ([at, { visitor, link }]) => {
    const ann = await Approver.open(at, link);
    await ann.logIn("ann");
    match(await ann.main(), /You cannot decide on this request/);
    equal(await ann.page.getByRole("button", { name: "Approve" }).count(), 0);
    match(await (await visitor.say(ORDER)).innerText(), /403 approval\.required/);
    await ann.leave();
  });

  suite.check("fails for a person of another group: there is no such request", [browser, waiting], async ([at, of]) => {
    const carol = await Approver.open(at, of.link);
    await carol.logIn("carol", "support-leads");
    match(await carol.main(), /No such request/);
    await carol.leave();
  });

  suite.check(
    "the terminal lists requests and refuses one, by the ID token that lies there for a member of the group",
    [world, waiting],
    async ([dev, { visitor, link }]) => {
      await visitor.say(OTHER);
      const id = (await linkIn(visitor)).slice(-HANDLE_CHARACTERS);
      const [listed, shown] = await Promise.all([
        dev.typed("approvals support-leads"),
        dev.typed("approvals support-leads", (command) => command.replace(" list", ` show ${id} --json`)),
      ]);
      for (const each of [id, link.slice(-HANDLE_CHARACTERS)]) ok(listed.stdout.includes(each), listed.stdout);
      const { digest } = JSON.parse(shown.stdout) as { readonly digest: string };
      const refused = await dev.typed("refuse support-leads", (command) =>
        command.replace("REQUEST", `${id} --digest ${digest}`),
      );
      equal(refused.code, 0, refused.tail);
      await visitor.happened("refused by support-leads-member of support-leads").waitFor();
      match(await (await visitor.say(OTHER)).innerText(), /403 approval\.refused/);
    },
  );

  suite.check("axe finds nothing where a person logs in", [browser, waiting], async ([at, { link }]) => {
    const carol = await Approver.open(at, link, { bypassCSP: true });
    equal(await violations(carol.page), []);
    await carol.leave();
  });

  suite.check(
    "approved by keyboard alone, the call goes out once when it is repeated",
    [browser, waiting],
    async ([at, { visitor, link }]) => {
      const carol = await Approver.open(at, link);
      await carol.approveByKeyboard();
      match(await carol.main(), /Approved/);
      await visitor.happened("approved by carol of support-leads").waitFor();
      match(await (await visitor.say(ORDER)).innerText(), /PUT tools\/zendesk[^:]*: 200[^]*arrived broken/);
      match(await (await visitor.say(ORDER)).innerText(), /403 approval\.required/);
      await carol.leave();
      await visitor.leave();
    },
  );
}

/** To the request that was opened last */
async function linkIn(visitor: Visitor): Promise<string> {
  const asked = visitor.happened("approval asked for").first();
  return (await asked.getByRole("link", { name: "Decide on it as an approver" }).getAttribute("href")) ?? "";
}
