import type { ShownApproval } from "../../../../runtime/approval/shown-approval";
import type { Value } from "../../../../runtime/json";
import { decided, handleOf, NOW, shownApproval } from "../../../support/approver-page/shown-requests";
import { VisitedPage } from "../../../support/approver-page/visited-page";

const ONE = `/requests/${handleOf(1)}`;
const HOSTILE = `</bdi></title><script>alert(1)</script><img src=x onerror=alert(1)>" onload="alert(1)' autofocus='&amp;`;
const HARMLESS = `&lt;/bdi&gt;&lt;/title&gt;&lt;script&gt;`;

async function shown(change: Partial<ShownApproval>, before?: Partial<ShownApproval>): Promise<string> {
  const page = new VisitedPage();
  if (before !== undefined) page.desk.put(shownApproval(before));
  page.desk.put(shownApproval(change));
  const browser = page.browser();
  await browser.logIn();
  return (await browser.get(ONE)).html;
}

/** What a browser would make of the page besides text: names of elements, and of their attributes */
function markupOf(html: string): string {
  return [...html.matchAll(/<[a-z]+( [a-z-]+="[^"]*")*/g)].map(([tag]) => tag.replace(/"[^"]*"/g, "")).join("");
}

const by = { issuer: HOSTILE, subject: HOSTILE };
const DECIDED = { ...decided("approved"), by, email: HOSTILE, reason: HOSTILE };
const DECLARED = {
  kind: "http",
  url: HOSTILE,
  impact: "high",
  outward: true,
  touches: [HOSTILE],
  actsAs: HOSTILE,
} as const;
const FIELDS: readonly (readonly [name: string, change: Partial<ShownApproval>])[] = [
  ["agent", { agent: HOSTILE }],
  ["SPIFFE ID", { spiffeId: HOSTILE }],
  ["task", { task: HOSTILE }],
  ["tool", { tool: HOSTILE }],
  ["action", { action: HOSTILE }],
  ["destination", { destination: HOSTILE }],
  ["group", { group: HOSTILE }],
  ["user", { user: by }],
  ["user's address", { userEmail: HOSTILE }],
  ["purpose", { purpose: HOSTILE }],
  ["owner", { owners: [HOSTILE] }],
  ["chain", { chain: [{ spiffeId: "x", agent: HOSTILE, task: HOSTILE }] }],
  ["chain of agents that are declared no more", { chain: [{ spiffeId: HOSTILE, agent: null, task: "x" }] }],
  ["declaration", { declared: DECLARED }],
  ["decision", { status: "spent", decision: DECIDED, spentAt: NOW }],
  ["first of two approvals", { people: 2, approvals: 1, approvedBy: [{ by, email: HOSTILE, at: NOW }] }],
  ["digest", { digest: HOSTILE }],
  ["argument", { arguments: { order: HOSTILE } }],
  ["name of an argument", { arguments: { [HOSTILE]: "A-1" } }],
  ["name deep within", { arguments: { a: [{ [HOSTILE]: [HOSTILE] }] } }],
];

test.each(FIELDS)("HTML in the %s is text", async (name, change) => {
  const plain = JSON.stringify(change).replaceAll(JSON.stringify(HOSTILE).slice(1, -1), "x");
  const html = await shown(change);
  expect(html).toContain(name === "digest" ? "&lt;/bdi&gt;" : HARMLESS);
  expect(markupOf(html)).toBe(markupOf(await shown(JSON.parse(plain) as Partial<ShownApproval>)));
});

test("HTML in the last approved request is text", async () => {
  const before = { id: handleOf(2), arguments: { order: HOSTILE, other: { [HOSTILE]: 1 } } };
  const html = await shown({}, { ...before, status: "spent", decision: DECIDED, spentAt: NOW });
  expect(html).toContain(HARMLESS);
  expect(html).not.toMatch(/<script|<img|" onload/);
});

test("HTML in a search and in a name of the list is text", async () => {
  const page = new VisitedPage();
  page.desk.put(shownApproval({ agent: HOSTILE, tool: HOSTILE, user: by, destination: HOSTILE }));
  const browser = page.browser();
  await browser.logIn();
  for (const search of ["", HOSTILE.slice(0, 60), "nothing"]) {
    const { html } = await browser.get(`/requests?${new URLSearchParams({ search })}`);
    expect(html).not.toMatch(/<script|<img|" onload/);
  }
});

test.each<[string, string, string]>([
  ["a character that turns text", "a\u202egnp.exe", "U+202E"],
  ["an isolate", "a\u2066b\u2069", "U+2069"],
  ["no width", "pay\u200bpal", "U+200B"],
  ["a joiner", "pay\u200dpal", "U+200D"],
  ["a soft hyphen", "pay\u00adpal", "U+00AD"],
  ["a tag", "a\u{e0041}", "U+E0041"],
  ["a variation selector", "a\ufe0f", "U+FE0F"],
  ["a Hangul filler, which looks like a space", "a\u3164b", "U+3164"],
  ["an empty Braille cell", "a\u2800b", "U+2800"],
  ["a space that is none of the usual", "a\u00a0b", "U+00A0"],
  ["a byte order mark", "\ufeffa", "U+FEFF"],
  ["a control", "a\u0007", "U+0007"],
  ["a private character", "a\ue000", "U+E000"],
  ["a line break", "a\nb", "line break"],
  ["a carriage return", "a\rb", "carriage return"],
  ["many spaces", `a${" ".repeat(400)}b`, "space × 400"],
  ["a pile of marks", `a${"\u0301".repeat(40)}`, "U+0301 × 40"],
])("%s in an argument, or its name, is written out", async (_, text, written) => {
  expect(await shown({ arguments: { note: text } })).toContain(`<span class="unseen">${written}</span>`);
  expect(await shown({ arguments: { [text]: 1 } })).toContain(`<span class="unseen">${written}</span>`);
});

test.each([["Dear Sir, 100 € for a café"], ["日本語のテキスト"], ["one two  three"]])(
  "the text %s stands as it is",
  async (text) => {
    expect(await shown({ arguments: { note: text } })).toContain(`<bdi>${text}</bdi>`);
  },
);

test.each([
  ["pаypal.com", "has Cyrillic letters, in one word with Latin letters"],
  ["оор", "has Cyrillic letters, which may look like Latin letters"],
  ["αdmin", "has Greek letters, in one word with Latin letters"],
  ["ａｄｍｉｎ", "has full-width or mathematical letters"],
  ["שלום 12", "has letters that are written from right to left"],
  ["a\u200fb", "has characters that turn the direction of text"],
])("the text %s has a note on how it could be misread", async (text, note) => {
  expect(await shown({ arguments: { to: text } })).toContain(note);
});

test.each([["Grüße"], ["naïve"], ["你好"]])("the text %s has no note", async (text) => {
  expect(await shown({ arguments: { to: text } })).not.toContain("Note:");
});

test("32 KiB of arguments are all on the page, before the buttons", async () => {
  const text = "0123456789abcdef".repeat(2_048);
  const html = await shown({ arguments: { text, last: "THE END" } });
  expect(html).toContain(text);
  expect(html.indexOf("THE END")).toBeLessThan(html.indexOf('name="verdict"'));
  expect(html.match(/name="verdict"/g)).toHaveLength(2);
  expect(html).not.toMatch(/<details|hidden(?!")|\.\.\./);
});

test("arguments nested as deep as any are shown to the last", async () => {
  let deep: Value = "BOTTOM";
  for (let level = 0; level < 32; level += 1) deep = { a: [deep] };
  const html = await shown({ arguments: { deep } });
  expect(html).toContain("BOTTOM");
  expect(html).toContain("(level 65)");
});

test("text is distinguished from a number, a boolean and null", async () => {
  const html = await shown({ arguments: { a: "1", b: 1, c: "true", d: true, e: "null", f: null, g: {}, h: [] } });
  const types = [...html.matchAll(/<span class="type">([^<]*)<\/span>/g)].map(([, type]) => type);
  expect(types).toEqual([
    "text, 1 character",
    "number",
    "text, 4 characters",
    "true or false",
    "text, 4 characters",
    "nothing",
    "object, empty",
    "list, empty",
  ]);
});

test("the effect is described by declared names, with their declarations", async () => {
  const html = (await shown({})).replace(/<[^>]*>/g, "").replace(/\s+/g, " ");
  for (const said of [
    "the agent support-triage may call the action refund of the tool payments at pay.acme.example once, within 5 minutes",
    "High impact",
    "Outward",
    "The tool is called as the service till",
    "It may show data up to confidential",
    "It touches orders: write",
    "Answers tickets",
    "carol@acme.example",
    "alice (alice@acme.example, at https://login.acme.example)",
    "front, in its task answer",
    "Data up to confidential",
    "content that a stranger may have written",
    "2026-11-11 08:58 UTC",
    "Open for 58 minutes more.",
    "no approved one of this agent",
  ]) {
    expect(html).toContain(said);
  }
});

const CALM = { kind: "http", url: "https://x", impact: "low", outward: false, touches: [], actsAs: "till" } as const;
const CLEAN = { session: { mark: "internal", tainted: false }, sensitivity: "internal" } as const;
const TAINTED = { ...CLEAN, session: { mark: "internal", tainted: true } } as const;

test.each<[string, Partial<ShownApproval>, string]>([
  ["usual", { ...CLEAN, declared: CALM }, "nothing is out of the ordinary"],
  ["raised", { ...CLEAN, declared: { ...CALM, impact: "high" } }, "it has a high impact"],
  ["raised", { ...CLEAN, declared: { ...CALM, outward: true } }, "its effect is seen outside"],
  ["raised", { ...CLEAN, declared: { ...CALM, actsAs: "user" } }, "it uses the rights of a user"],
  ["raised", { ...TAINTED, declared: CALM }, "what a stranger may have written"],
  ["usual", { ...CLEAN, declared: CALM, sensitivity: "restricted" }, "nothing is out of the ordinary"],
  ["high", { ...TAINTED, declared: { ...CALM, outward: true } }, "what a stranger may have written"],
  ["high", { ...TAINTED, declared: { ...CALM, impact: "high" } }, "what a stranger may have written"],
  [
    "high",
    { ...CLEAN, declared: { ...CALM, outward: true }, sensitivity: "confidential" },
    "confidential data outside",
  ],
  ["raised", { ...CLEAN, declared: null }, "it has a high impact"],
])("the risk is %s where %j", async (level, change, why) => {
  const html = (await shown(change)).replace(/\s+/g, " ");
  expect(html).toMatch(new RegExp(`<strong>Risk: ${level}</strong>, as [^<]*${why}`));
});

test("an undeclared action, and a run without a user, are shown as such", async () => {
  const html = (await shown({ declared: null, purpose: null, user: null, userEmail: null, chain: [] }))
    .replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ");
  for (const said of ["declares this action no more", "declares this agent no more", "no user", "no other agent"]) {
    expect(html).toContain(said);
  }
});

describe("the comparison", () => {
  const SPENT = { id: handleOf(2), status: "spent", decision: decided("approved"), spentAt: NOW } as const;

  test("is with the last approved request of the same agent, task and action", async () => {
    const html = await shown({}, { ...SPENT, arguments: { order: "A-1", amount: 10 } });
    expect(html).toContain("1 changed, 0 new, 0 no longer there, 1 as before");
    expect(html).toContain("bob@acme.example");
  });

  test.each<[string, Partial<ShownApproval>]>([
    ["refused", { ...SPENT, status: "refused", decision: decided("refused") }],
    ["still open", { ...SPENT, status: "pending", decision: null, spentAt: null }],
    ["another agent's", { ...SPENT, agent: "front" }],
    ["of another task", { ...SPENT, task: "answer" }],
    ["of another tool", { ...SPENT, tool: "bank" }],
    ["of another action", { ...SPENT, action: "find" }],
  ])("is not with one that is %s", async (_, before) => {
    expect(await shown({}, before)).toContain("no approved one of this agent");
  });
});

describe("1,000 open requests", () => {
  async function many() {
    const page = new VisitedPage();
    for (let number = 1; number <= 1_000; number += 1) page.desk.put(shownApproval({ id: handleOf(number) }));
    const browser = page.browser();
    await browser.logIn();
    return browser;
  }

  test("come in pages of 100, each a small one", async () => {
    const { html } = await (await many()).get("/requests");
    expect(html).toContain("1 to 100 of 1000 requests");
    expect(html.match(/<tr><td>/g)).toHaveLength(100);
    expect(html.indexOf(handleOf(1))).toBeLessThan(html.indexOf(handleOf(2)));
    expect(html).toContain('href="/requests?page=2"');
    expect(html.length).toBeLessThan(100_000);
  });

  test.each([
    ["page=10", "901 to 1000 of 1000 requests"],
    ["page=0", "1 to 100 of 1000 requests"],
    ["page=-1", "1 to 100 of 1000 requests"],
    ["page=x", "1 to 100 of 1000 requests"],
    ["page=11", "Nothing waits for you"],
    ["search=unknown", "Nothing is found for"],
    ["search=refund&page=2", 'href="/requests?search=refund&amp;page=3"'],
  ])("are shown by %s", async (query, said) => {
    expect((await (await many()).get(`/requests?${query}`)).html).toContain(said);
  });
});
