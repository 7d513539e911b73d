import { AtWork, BEGINNING } from "../../support/exchange/at-work";

/** What each task of the example fleet does after it has read all that it may, its delegates too; and what it has lost by that */
const AFTER_READING: Readonly<Record<string, { readonly done: readonly string[]; readonly lost?: readonly string[] }>> =
  {
    // Its AWS data is federated: the exchange has nothing to say about it.
    "build-watcher.summarise": { done: ["build-watcher.summarise: github.pull"] },
    "build-watcher.prune": { done: [] },
    "ledger-reconciler.reconcile": {
      done: ["ledger-reconciler.reconcile: aws", "ledger-reconciler.reconcile: claude.ask"],
    },
    "ledger-reconciler.login": { done: ["ledger-reconciler.login: aws"] },
    "press-watcher.watch": { done: ["press-watcher.watch: editor.draft", "press-watcher.watch: search.query"] },
    // Lost because it is suspended, independent of what it has read.
    "press-writer.draft": { done: [], lost: ["press-writer.draft: editor.draft: agent.suspended"] },
    "refund-clerk.look": { done: ["refund-clerk.look: payments.find"] },
    "refund-clerk.payout": { done: ["refund-clerk.look: payments.find", "refund-clerk.payout: payments.refund"] },
    "release-scribe.note": { done: ["release-scribe.note: github.pull", "release-scribe.note: editor.draft"] },
    "support-triage.answer": {
      done: [
        "support-triage.answer: zendesk.read",
        "support-triage.answer: aws",
        "support-triage.answer: claude.ask",
        "support-triage.answer: zendesk.comment",
        "researcher.lookup: zendesk.read",
        "researcher.lookup: aws",
        "researcher.lookup: claude.ask",
        "researcher.lookup: answer",
      ],
      // The web is public: an agent that knows a ticket or an article may not query it.
      lost: ["researcher.lookup: web-reader.fetch: delegation.above-sensitivity"],
    },
    "support-triage.fix": { done: ["support-triage.fix: github.pull"] },
    "support-triage.refund": {
      done: ["support-triage.refund: payments.refund", "support-triage.refund: zendesk.comment"],
    },
    "web-reader.fetch": { done: ["web-reader.fetch: search.query"] },
  };

test("every task that begins by itself is in the table", () => {
  expect(BEGINNING.map((names) => names.join(".")).sort()).toEqual(Object.keys(AFTER_READING).sort());
});

test.each(BEGINNING)("%s.%s does its work when it reads first, but for what the table says", async (agent, task) => {
  const work = new AtWork();
  await work.readsFirst(agent, task);
  const { done, lost = [] } = AFTER_READING[`${agent}.${task}`] ?? {};
  expect([work.done, work.lost]).toEqual([done, lost]);
});

test("delegating before any read keeps the work that is lost otherwise", async () => {
  const work = new AtWork();
  await work.handsOnFirst("support-triage", "answer");
  const done = [
    "web-reader.fetch: search.query",
    "web-reader.fetch: answer",
    "researcher.lookup: zendesk.read",
    "researcher.lookup: aws",
    "researcher.lookup: claude.ask",
    "researcher.lookup: answer",
    "support-triage.answer: zendesk.read",
    "support-triage.answer: aws",
  ];
  expect([work.done, work.lost]).toEqual([done, []]);
});
