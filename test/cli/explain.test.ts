import { decisionCases } from "../support/decisions/cases";
import { request, requestLike } from "../support/decisions/request";
import { Explaining, synthesized } from "../support/explaining";

const explaining = new Explaining("explain");
const CASES = decisionCases();
const DELETE = request({ call: { action: "delete" }, token: { scope: ["delete"] } });
const LOOK = requestLike("clerk looks at an order");

describe("for people", () => {
  test("a denied request: each rule in its own values, its declaration, what to write there, and the proof", async () => {
    expect(await explaining.text(request({ call: { data: ["tickets:read", "articles:list"] } }))).toBe(`\
denied  support-triage.answer calls zendesk.read at acme.zendesk.com
  decided by cedar, cdktf.out, revision 7

data.not-granted
  zendesk.read touches articles:list, which support-triage.answer does not grant (articles:read,
  conversations:read, conversations:write, tickets:read, tickets:write)
  declared     fleet/agents/support-triage.ts:9 (agent support-triage, task answer)

to allow it
  1. add articles.list() to data of task "answer"
     declaration, fleet/agents/support-triage.ts:9 (agent support-triage, task answer)

proof
  with this change it is decided again: allowed
  without 1: denied (data.not-granted)
  nothing less is enough
`);
  });

  test("several changes are numbered, and each is shown to be needed", async () => {
    const refund = { ...LOOK, call: { ...LOOK.call, action: "refund", data: ["orders:write"] } };
    expect(await explaining.text(refund)).toBe(`\
denied  refund-clerk.look calls payments.refund at mcp.pay.acme.example
  decided by cedar, cdktf.out, revision 7

action.not-granted
  payments.refund is not among the actions of refund-clerk.look (payments.find)
  declared     fleet/agents/refund-clerk.ts:8 (agent refund-clerk, task look)

data.not-granted
  payments.refund touches orders:write, which refund-clerk.look does not grant (orders:read)
  declared     fleet/agents/refund-clerk.ts:8 (agent refund-clerk, task look)

to allow it
  1. do it in task "payout", which grants it: ask for a token for that task
     request
     but what the budgets of that task have spent is taken as nothing
  2. have finance-controllers decide on exactly this request, by a member other than ida, and send
     it again within the decision's time
     state, by finance-controllers only
  3. call payments.find first in this session (task "look"), and let it succeed
     state

proof
  with these 3 changes it is decided again: allowed
  without 1: denied (action.not-granted, data.not-granted)
  without 2: denied (approval.required)
  without 3: denied (order.broken)
  none of them can be left out
`);
  });

  test("an allowed request: where its rights are declared", async () => {
    expect(await explaining.text(requestLike("researcher looks up for triage"))).toBe(`\
allowed  researcher.lookup calls claude.ask at llm.acme.example, handed on by support-triage.answer
  decided by cedar, cdktf.out, revision 7

declared
  fleet/agents/researcher.ts:6 (agent researcher, task lookup)
  fleet/tools.ts:111 (tool claude)
  fleet/agents/support-triage.ts:9 (agent support-triage, task answer)
`);
  });

  test("what nothing allows says why", async () => {
    expect(await explaining.text(request({ call: { data: ["tickets:export"] } }))).toBe(`\
denied  support-triage.answer calls zendesk.read at acme.zendesk.com
  decided by cedar, cdktf.out, revision 7

data.not-granted
  zendesk.read touches tickets:export, which support-triage.answer does not grant (articles:read,
  conversations:read, conversations:write, tickets:read, tickets:write)
  declared     fleet/agents/support-triage.ts:9 (agent support-triage, task answer)

nothing allows it as it is
  data.not-granted: tickets:export is no <dataset>:<kind> that a declaration could grant (kinds are
    read, list, scan, write, delete)
`);
  });

  test("what only observed is named beside an allowed request", async () => {
    const observing = JSON.parse(synthesized.policy) as { agents: Record<string, { tasks: Record<string, object> }> };
    const spiffeId = "spiffe://prod.acme.example/ns/research/sa/web-reader";
    Object.assign(observing.agents[spiffeId]?.tasks["fetch"] ?? {}, { observeUntil: 1_900_000_000 });
    const other = explaining.other("observing", JSON.stringify(observing));
    const base = requestLike("reader searches by itself");
    const spent = { ...base, budgets: { ...base.budgets, "run:calls:all": { spent: 10, cost: 1 } } };
    const shown = await explaining.text(spent, "--dir", other);
    expect(shown).toContain(
      `\nobserved, and not refused\n    budget.spent: the budget is 10 calls per run: 10 are spent,`,
    );
  });

  test("the text of a stranger moves no cursor and turns no line", async () => {
    const name = "answer\u001b[2J\r\n\u202eallowed";
    const shown = await explaining.text({ ...DELETE, task: name });
    expect(shown).not.toMatch(/[\u001b\r\u202e]/);
    expect(shown).toContain(
      "support-triage declares no task answer\\u{1b}[2J\\u{d}\\u{a}\\u{202e}allowed (answer, fix, refund)",
    );
  });

  test("a hop is named by its declaration, and not by what every object has", async () => {
    const chain = [
      { spiffeId: "__proto__", task: "constructor" },
      { spiffeId: "constructor", task: "name" },
    ];
    const { request: asked, decision } = await explaining.json({ ...LOOK, chain });
    expect([asked, decision]).toEqual([
      expect.stringMatching(/, handed on by __proto__\.constructor → constructor\.name$/),
      "deny",
    ]);
  });

  test("a request that is larger than a decision reads is refused as it is by one", async () => {
    const large = JSON.stringify(request()).padEnd(65_537);
    const { decision, reasons, remedy } = await explaining.json(large);
    expect({ decision, reasons, remedy }).toMatchObject({
      decision: "deny",
      reasons: [{ code: "input.too-large", what: "the request must have at most 65536 bytes, got 65537" }],
      remedy: { possible: false },
    });
    expect((await explaining.json(JSON.stringify(request()).padEnd(65_536))).decision).toBe("allow");
  });

  test("no line is wider than a page", async () => {
    for (const { input } of CASES.filter((_, index) => index % 25 === 0)) {
      const lines = (await explaining.text({ name: "case", input })).split("\n");
      expect(
        lines.filter((line) => line.length > 100 && line.trim().includes(" ")).filter((line) => !/\S{60}/.test(line)),
      ).toEqual([]);
    }
  });
});

describe("as JSON", () => {
  test("everything is there, the proof included", async () => {
    expect(await explaining.json({ name: "list", input: request({ call: { data: ["articles:list"] } }) })).toEqual({
      version: "ambit.explain/1",
      name: "list",
      request: "support-triage.answer calls zendesk.read at acme.zendesk.com",
      policy: { folder: "cdktf.out", revision: 7 },
      engine: "cedar",
      masked: [],
      logged: null,
      synthesized: null,
      decision: "deny",
      reasons: [
        {
          code: "data.not-granted",
          what: expect.stringMatching(
            /^zendesk\.read touches articles:list, which support-triage\.answer does not grant /,
          ),
          declared: {
            declaration: "agent support-triage, task answer",
            source: { file: "fleet/agents/support-triage.ts", line: 9 },
          },
        },
      ],
      observed: [],
      allowedBy: [],
      remedy: {
        possible: true,
        changes: [
          {
            kind: "declaration",
            text: 'add articles.list() to data of task "answer"',
            place: {
              declaration: "agent support-triage, task answer",
              source: { file: "fleet/agents/support-triage.ts", line: 9 },
            },
            by: null,
            caution: null,
            without: ["data.not-granted"],
          },
        ],
        proof: { decision: "allow", observed: [] },
        smallest: true,
      },
    });
  });

  test("hand-written cases are explained with the reasons that they have", async () => {
    const own = CASES.filter(({ policy }) => policy === CASES[0]?.policy);
    const some = own.filter((_, index) => index % 12 === 0);
    expect(some.length).toBeGreaterThan(20);
    for (const { input, revision, expected } of some) {
      const { decision, reasons } = await explaining.json({ name: "case", input }, "--revision", `${revision}`);
      expect([decision, reasons.map(({ code }) => code)]).toEqual([expected.decision, expected.reasons]);
    }
  });
});
