import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Browser } from "playwright-core";
import { ADDRESSES } from "../../cluster/addresses";
import { LOGIN } from "../../cluster/aws/front";
import type { Control } from "../../cluster/control-checks";
import type { OneNode } from "../../cluster/one-node";
import { askAsUser } from "../../cluster/user";
import type { Check, Suite } from "../../harness/suite";
import { Clerk } from "../clerk";
import { PAGE_HOST } from "../../cluster/approver-page";
import { startBrowserOn } from "../people/browser-on";
import { DESK_HOST } from "../people/desk";
import { Person } from "../people/person";
import { REFUNDS } from "../refunds";
import type { Story } from "../story";

const CHAPTER = "A person decides";
const REASON = "agreed with the customer on the phone";
const REFUND = REFUNDS.paid;
/** Who calls, and what is called, as it is told */
const PAYS = ["refund-clerk", "payments"] as const;
const PAGE = "approvals";
const TEXT = `${REFUND.amount} € of order ${REFUND.order}`;

export interface Decided {
  /** When it began, in whole seconds since the epoch */
  readonly since: number;
  readonly clerk: Clerk;
  readonly browser: Browser;
  /** Who approves */
  readonly carol: Person;
}

/** Alice's refund waits for a person, passes once, and not a second time. */
export function personDecides(
  suite: Suite,
  story: Story,
  node: Check<OneNode>,
  { front, clerk, exchange, gateway, page: served }: Control,
): Check<Decided> {
  const asked = story.scene(
    CHAPTER,
    "the refund that alice asks for is not paid before a person has agreed",
    [node, front, clerk, gateway],
    async ([on, parts, pod], tell) => {
      const since = Math.floor(Date.now() / 1_000);
      const agent = new Clerk(on, pod, parts);
      await agent.looks(REFUND);
      const run = await agent.run("payout");
      tell("asked", `For alice, refund-clerk asks payments to pay back ${TEXT}`, "create_refund", [
        "alice",
        "refund-clerk",
      ]);
      const { status, codes, request, answer, reached } = await agent.pays(run, REFUND);
      equal([status, codes, reached], [403, ["approval.required"], []], JSON.stringify(answer));
      ok(request !== undefined);
      tell(
        "refused",
        "A person of finance-controllers must approve it first, so nothing reached payments",
        codes[0],
        PAYS,
      );
      return { since, agent, run, path: `/requests/${request.id}` };
    },
  );

  const opened = story.scene(
    CHAPTER,
    "people reach the approvers' page in a browser, by its name and their login alone",
    [node, front, served, exchange, asked],
    async ([on, { authority }, page, , { path }], tell) => {
      const at = [page.address, 443] as const;
      const asks = { authority: page.authority, host: PAGE_HOST, path, method: "GET" } as const;
      // Another name leads to it too, and gets nothing.
      const answers = await Promise.all([
        askAsUser(on, at, asks),
        askAsUser(on, at, { ...asks, named: "evil.example" }),
      ]);
      equal(
        answers.map(({ status }) => status),
        [303, 421],
      );
      tell(
        "proven",
        `The page answers as ${PAGE_HOST} with a certificate of that name, and to no other name`,
        "page.host",
      );
      const hosts = { [PAGE_HOST]: page.address, [LOGIN]: ADDRESSES.outside, [DESK_HOST]: ADDRESSES.tools };
      const browser = await startBrowserOn(on, { hosts, authorities: [page.authority, authority] });
      suite.afterwards(() => browser.close());
      tell("stand-in", `${LOGIN} is a small OpenID provider: a person picks a name and groups, without a password`);
      return browser;
    },
  );

  const others = story.scene(
    CHAPTER,
    "neither alice herself nor a person of another group can approve",
    [opened, asked],
    async ([browser, { path }], tell) => {
      const alice = await Person.at(browser, "alice", ["finance-controllers"]);
      match(await alice.visit(path), /the user served cannot decide on the own request/);
      equal(await alice.mayDecide(), false);
      tell("refused", "Alice, who is a controller too, sees the request and cannot decide on her own wish", undefined, [
        "alice",
        PAGE,
      ]);
      const bob = await Person.at(browser, "bob", ["support-leads"]);
      match(await bob.visit(path), /No such request/);
      tell("refused", "Bob of support-leads does not even learn that the request exists", undefined, ["bob", PAGE]);
      await Promise.all([alice.leave(), bob.leave()]);
    },
  );

  const approved = story.scene(
    CHAPTER,
    "carol of finance-controllers logs in, reads what will happen, and approves exactly that",
    [opened, asked, others],
    async ([browser, { path }], tell) => {
      const carol = await Person.at(browser, "carol", ["finance-controllers"]);
      const text = await carol.visit(path);
      for (const said of ["refund-clerk", "payments.refund", "High impact", "alice", REFUND.order, `${REFUND.amount}`])
        ok(text.includes(said), `${said} is not on the page:\n${text}`);
      tell.picture("What carol reads before she decides", await carol.picture());
      match(await carol.approve(REASON), /Approved by [^]* Reason: agreed with the customer/);
      tell("allowed", "Carol has read all of it, ticks that, and approves", REASON, ["carol", PAGE]);
      tell.picture("What the page says after her decision", await carol.picture());
      return carol;
    },
  );

  return story.scene(
    CHAPTER,
    "the same call passes once, with alice's rights, and not a second time",
    [opened, asked, approved],
    async ([browser, { since, agent, run }, carol], tell) => {
      const other = await agent.pays(run, { ...REFUND, amount: REFUND.amount + 0.01 });
      equal([other.status, other.codes, other.reached], [403, ["approval.required"], []]);
      tell("refused", "One cent more is another request, which no person has approved", other.codes[0], PAYS);
      const first = await agent.pays(run, REFUND);
      equal([first.status, first.reached], [200, ["alice refund-clerk orders refunds"]], JSON.stringify(first.answer));
      tell("allowed", `${TEXT} reach payments exactly once, with a token of alice`, first.reached[0], PAYS);
      const again = await agent.pays(run, REFUND);
      equal([again.status, again.codes, again.reached], [403, ["approval.required"], []]);
      tell("refused", "The same call again needs a new approval", again.codes[0], PAYS);
      return { since, clerk: agent, browser, carol };
    },
  );
}
