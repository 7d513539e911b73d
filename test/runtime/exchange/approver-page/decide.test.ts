import { decided, handleOf, NOW, shownApproval } from "../../../support/approver-page/shown-requests";
import { fieldsOf, VisitedPage } from "../../../support/approver-page/visited-page";

const HANDLE = handleOf(1);
const ONE = `/requests/${HANDLE}`;

async function world(change: Parameters<typeof shownApproval>[0] = {}) {
  const page = new VisitedPage();
  page.desk.put(shownApproval(change));
  page.desk.put(shownApproval({ id: handleOf(2), arguments: { order: "A-2" } }));
  const browser = page.browser();
  await browser.logIn();
  const { html } = await browser.get(ONE);
  const fields: Record<string, string> = { ...fieldsOf(html, ONE), read: "yes" };
  return { page, browser, html, fields };
}

test.each([
  ["approved", "asked on the phone", "Approved by"],
  ["approved", "", "Approved by"],
  ["refused", "too much", "Refused by"],
])("a request is %s with the reason %j, and the page says so", async (verdict, reason, said) => {
  const { page, browser, fields } = await world();
  const answer = await browser.post(ONE, { ...fields, verdict, reason });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, ONE]);
  const { digest } = shownApproval();
  expect(page.desk.decided).toEqual([{ id: HANDLE, digest, verdict, reason, by: "bob" }]);
  const { html } = await browser.get(ONE);
  expect(html).toContain(said);
  expect(html).not.toContain('name="verdict"');
});

test("to refuse takes a reason, and what was to be decided is shown again", async () => {
  const { page, browser, fields } = await world();
  const answer = await browser.post(ONE, { ...fields, verdict: "refused", reason: "  " });
  expect([answer.status, page.desk.decided.length]).toEqual([409, 0]);
  expect(answer.html).toContain("write a reason to refuse");
  expect({ ...fieldsOf(answer.html, ONE), read: "yes" }).toEqual(fields);
});

test.each<[string, (fields: Record<string, string>) => Record<string, string> | string]>([
  ["is not ticked", ({ read: _, ...fields }) => ({ ...fields, reason: "on the phone" })],
  ["says something else", (fields) => ({ ...fields, read: "no", reason: "on the phone" })],
  ["is there twice", (fields) => `${new URLSearchParams({ ...fields, reason: "on the phone" })}&read=yes`],
])("one click approves nothing: where the box %s, the request is shown again with the reason", async (_, change) => {
  const { page, browser, fields } = await world();
  const answer = await browser.post(ONE, change({ ...fields, verdict: "approved" }));
  expect([400, 409]).toContain(answer.status);
  expect(page.desk.decided).toEqual([]);
  if (answer.status === 409) {
    expect(answer.html).toContain("tick that you have");
    expect(answer.html).toMatch(/>\s*on the phone<\/textarea>/);
  }
});

test("an approval of what the page did not say decides nothing, and all is shown again", async () => {
  const { page, browser, fields } = await world({ session: { mark: "internal", tainted: false } });
  page.desk.put(shownApproval({ session: { mark: "internal", tainted: true } }));
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, page.desk.decided.length]).toEqual([409, 0]);
  expect(answer.html).toContain("a session that has read more asks for the same now");
  expect(answer.html).toContain("content that a stranger may have written");
  const again = await browser.post(ONE, { ...fieldsOf(answer.html, ONE), read: "yes", verdict: "approved" });
  expect([again.status, page.desk.decided.length]).toEqual([303, 1]);
});

test("a refusal does not need the confirmation that all was read", async () => {
  const { page, browser, fields } = await world();
  const { read: _, ...unread } = fields;
  expect((await browser.post(ONE, { ...unread, verdict: "refused", reason: "no" })).status).toBe(303);
  expect(page.desk.decided).toMatchObject([{ verdict: "refused" }]);
});

test("the box is required and never ticked by the page, nothing has the focus, and no address leads to the buttons", async () => {
  const { html, fields } = await world();
  const form = html.split(`action="${ONE}"`)[1]?.split("</form>")[0] ?? "";
  expect(form).toMatch(/<input id="[^"]*" type="checkbox" name="read" value="yes" required \/>/);
  expect(html).not.toMatch(/autofocus|checked/);
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id as string);
  const inForm = ids.filter((id) => form.includes(`id="${id}"`));
  expect(inForm.length).toBeGreaterThan(0);
  expect(inForm.filter((id) => !id.endsWith(fields.token as string))).toEqual([]);
  expect(html.split('name="verdict"').length - 1).toBe(2);
});

test.each<[string, (fields: Record<string, string>) => Record<string, string> | string]>([
  ["no token", ({ digest }) => ({ digest: digest as string, verdict: "approved" })],
  ["another token", (fields) => ({ ...fields, token: "x".repeat(43), verdict: "approved" })],
  [
    "a token one character short",
    (fields) => ({ ...fields, token: (fields.token as string).slice(1), verdict: "approved" }),
  ],
  [
    "the digest of another request",
    (fields) => ({ ...fields, digest: `sha256:${"0".repeat(64)}`, verdict: "approved" }),
  ],
  ["no digest", ({ token }) => ({ token: token as string, verdict: "approved" })],
  ["no verdict", (fields) => fields],
  ["another verdict", (fields) => ({ ...fields, verdict: "allowed" })],
  [
    "a reason of more than 1,000 characters",
    (fields) => ({ ...fields, verdict: "refused", reason: "x".repeat(1_001) }),
  ],
  ["two verdicts", (fields) => `${new URLSearchParams({ ...fields, verdict: "refused" })}&verdict=approved`],
  ["two digests", (fields) => `${new URLSearchParams({ ...fields, verdict: "approved" })}&digest=x`],
])("a form with %s decides nothing", async (_, change) => {
  const { page, browser, fields } = await world();
  const answer = await browser.post(ONE, change(fields));
  expect([400, 403]).toContain(answer.status);
  expect(answer.html).toContain("Nothing was d");
  expect(page.desk.decided).toEqual([]);
  expect(page.logged.at(-1)).toContain('"code":"page.form"');
});

test.each(["application/json", "text/plain", "multipart/form-data; boundary=x"])(
  "a form that is sent as %s decides nothing",
  async (type) => {
    const { page, browser, fields } = await world();
    const answer = await browser.post(ONE, { ...fields, verdict: "approved" }, { "content-type": type });
    expect([answer.status, page.desk.decided.length]).toEqual([400, 0]);
  },
);

test("fails when the form token is another request's", async () => {
  const { page, browser, fields } = await world();
  const other = page.desk.requests.find(({ id }) => id === handleOf(2))?.digest as string;
  const answers = [
    await browser.post(`/requests/${handleOf(2)}`, { ...fields, verdict: "approved" }),
    await browser.post(`/requests/${handleOf(2)}`, { ...fields, digest: other, verdict: "approved" }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([403, 403]);
  expect(page.desk.decided).toEqual([]);
});

test("fails when the form token is of another person's session", async () => {
  const { page, fields } = await world();
  const other = page.browser();
  await other.logIn();
  expect((await other.post(ONE, { ...fields, verdict: "approved" })).status).toBe(403);
  expect(page.desk.decided).toEqual([]);
});

test("an old tab must be reloaded after a new login in another tab", async () => {
  const { page, browser, fields } = await world();
  await browser.logIn();
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, page.desk.decided.length]).toEqual([403, 0]);
  expect(answer.html).toContain(`href="${ONE}"`);
});

test("the second of two tabs sees the decision and who made it", async () => {
  const { page, browser, fields } = await world();
  await browser.post(ONE, { ...fields, verdict: "approved" });
  const second = await browser.post(ONE, { ...fields, verdict: "refused", reason: "no" });
  expect(second.status).toBe(409);
  expect(second.html).toContain("Nothing was decided now");
  expect(second.html).toContain("Approved by <bdi>bob@acme.example</bdi>");
  expect(page.desk.decided).toHaveLength(1);
});

test.each(["decide.over", "decide.by-owner", "decide.by-requester", "decide.twice", "decide.no-email"] as const)(
  "a decision refused as %s shows the request again",
  async (code) => {
    const { page, browser, fields } = await world();
    page.desk.refuses.decide = code;
    const answer = await browser.post(ONE, { ...fields, verdict: "approved", reason: "because" });
    expect([answer.status, page.desk.decided.length]).toEqual([409, 0]);
    expect(answer.html).toContain('role="alert"');
    expect(answer.html).toMatch(/>\s*because<\/textarea>/);
  },
);

test("a login of 15 minutes decides, a second later it leads to the identity provider and back to the same request", async () => {
  const { page, browser, fields } = await world();
  page.now = NOW + 900;
  expect((await browser.get(ONE)).html).toContain('value="approved"');
  page.now = NOW + 901;
  const { html } = await browser.get(ONE);
  expect(html).not.toContain('name="verdict"');
  expect(html).toContain(`href="/sign-in?to=${encodeURIComponent(ONE)}"`);
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, page.desk.decided.length]).toEqual([403, 0]);
  expect(answer.html).toContain(`href="/sign-in?to=${encodeURIComponent(ONE)}"`);
  expect(page.logged.at(-1)).toContain('"code":"page.stale-login"');
  expect(await browser.logIn(ONE)).toBe(ONE);
  expect((await browser.get(ONE)).html).toContain('value="approved"');
});

test("a form that comes when the session is over decides nothing, and the way back leads to the request", async () => {
  const { page, browser, fields } = await world();
  browser.cookies.clear();
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, page.desk.decided.length]).toEqual([401, 0]);
  expect(answer.html).toContain(encodeURIComponent(ONE));
  expect(page.logged.at(-1)).toContain('"code":"page.signed-out"');
});

test("a login that the identity provider ends while the person decides decides nothing, and the page says so", async () => {
  const { page, browser, fields } = await world();
  page.desk.refuses.decide = "person.stale-login";
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, page.desk.decided.length]).toEqual([403, 0]);
  expect(answer.html).toContain("your identity provider has ended your login. Log in again");
  expect(answer.html).toContain(`/sign-in?to=${encodeURIComponent(ONE)}`);
  expect(page.logged.at(-1)).toContain('"code":"page.stale-login"');
});

test.each<[string, Parameters<typeof shownApproval>[0], string]>([
  [
    "decided by another",
    { status: "refused", decision: { ...decided("refused", "no"), email: "dora@acme.example" } },
    "Refused by <bdi>dora@acme.example</bdi>",
  ],
  ["used", { status: "spent", decision: decided("approved"), spentAt: NOW - 5 }, "It was used at"],
  ["not used yet", { status: "approved", decision: decided("approved") }, "It was not used yet"],
  ["not used in time", { status: "over", decision: decided("approved") }, "It was not used in time"],
  ["over", { status: "over", openUntil: NOW - 1 }, "no one decided in time"],
  ["given up by the agent", { status: "cancelled" }, "The agent has given it up"],
  ["the person's own", { notYours: "decide.by-requester" }, "the user served cannot decide on the own request"],
  ["of an agent that the person owns", { notYours: "decide.by-owner" }, "the owner of the agent"],
  ["stopped", { notYours: "decide.stopped" }, "<strong>Stopped</strong>: the agent that asked"],
  ["approved by the person, where two must", { notYours: "decide.twice" }, "the person has approved already"],
])("a request that is %s has no button, and says why", async (_, change, said) => {
  const { html } = await world(change);
  expect(html).toContain(said);
  expect(html).not.toContain('name="verdict"');
});

test("where two people must approve, the page names the first, and the second decides", async () => {
  const approvedBy = [{ by: { issuer: "i", subject: "dora" }, email: "dora@acme.example", at: NOW - 60 }];
  const { html } = await world({ people: 2, approvals: 1, approvedBy });
  expect(html).toContain("<bdi>dora@acme.example</bdi> has approved it at");
  expect(html).toContain("Two different people must approve");
  expect(html).toContain('name="verdict"');
});

test.each([
  ["decide.other-group", "no group of yours decides on it"],
  ["decide.unknown", "no group of yours decides on it"],
  ["decide.above-clearance", "the group is not cleared for what the request may show"],
] as const)("a request that is refused as %s is not shown", async (code, said) => {
  const { browser, page } = await world();
  page.desk.refuses.show = code;
  const { status, html } = await browser.get(ONE);
  expect([status, html.includes(said), html.includes("A-1")]).toEqual([404, true, false]);
});

test.each(["x", handleOf(77), `${HANDLE}x`, "..%2f..%2fhistory"])("there is no request %s", async (handle) => {
  const { browser, page } = await world();
  expect((await browser.get(`/requests/${handle}`)).status).toBe(404);
  expect(page.logged.at(-1)).toContain('"code":"page.no-request"');
});

test("where the store fails, the page says that the outcome is unknown", async () => {
  const { page, browser, fields } = await world();
  jest.spyOn(page.desk, "decide").mockRejectedValue(new Error("the store does not answer"));
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" });
  expect([answer.status, answer.html.includes("may have been done or not")]).toEqual([503, true]);
  expect(answer.html).not.toContain("does not answer");
  expect(page.logged.at(-1)).toContain("the store does not answer");
});
