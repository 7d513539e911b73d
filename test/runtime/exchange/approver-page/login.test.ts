import { createHash } from "node:crypto";
import type { Value } from "../../../../runtime/json";
import { endLogins } from "../../../../runtime/session/ended-logins";
import { pageSessionKey } from "../../../../runtime/store/keys";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { handleOf, NOW, shownApproval } from "../../../support/approver-page/shown-requests";
import { fieldsOf, SETTINGS, VisitedPage } from "../../../support/approver-page/visited-page";

const ONE = `/requests/${handleOf(1)}`;
const BACK = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

function world() {
  const page = new VisitedPage();
  page.desk.put(shownApproval());
  return { page, browser: page.browser() };
}

test("a person who is not logged in goes to the identity provider, and comes back to the same request", async () => {
  const { browser } = world();
  const asked = await browser.get(ONE);
  expect([asked.status, asked.headers.get("location")]).toEqual([303, `/sign-in?to=${encodeURIComponent(ONE)}`]);
  expect(await browser.logIn(ONE)).toBe(ONE);
  expect((await browser.get(ONE)).html).toContain("bob@acme.example");
});

test("the session's cookie is of this host alone, over TLS alone, for no script, and says nothing", async () => {
  const { page, browser } = world();
  await browser.get("/sign-in");
  const { headers } = await browser.get("/signed-in?code=code&state=state-1", BACK);
  const cookies = headers.getSetCookie();
  expect(cookies.filter((each) => !each.includes("Max-Age=0"))).toEqual([
    expect.stringMatching(
      /^__Host-ambit-approver=[A-Za-z0-9_-]{43}; Max-Age=3600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    ),
  ]);
  expect(JSON.stringify(await page.store.list("x", "", 1))).toBe("[]");
});

test("a browser counts as known where a person is logged in, and only there", async () => {
  const { browser } = world();
  await browser.get(ONE);
  await browser.logIn();
  browser.cookies.set("__Host-ambit-approver", "x".repeat(43));
  await browser.get("/requests");
  expect(browser.proven).toBe(0);
  await browser.logIn();
  await browser.get(ONE);
  expect(browser.proven).toBe(1);
});

test("each login begins another session, and ends the one before", async () => {
  const { browser } = world();
  await browser.logIn();
  const first = new Map(browser.cookies);
  await browser.logIn();
  expect(browser.cookies.get("__Host-ambit-approver")).not.toBe(first.get("__Host-ambit-approver"));
  browser.cookies.set("__Host-ambit-approver", first.get("__Host-ambit-approver") as string);
  expect((await browser.get(ONE)).status).toBe(303);
});

test.each([
  ["another identity provider", { issuer: "https://other.acme.example" }],
  ["another client", { clientId: "ambit-approvals-2" }],
  ["another claim of groups", { groupsClaim: "roles" }],
])("a login ends where the registry in force names %s", async (_, change) => {
  const { page, browser } = world();
  await browser.logIn();
  const { html } = await browser.get(ONE);
  page.settings = { ...SETTINGS, ...change };
  const asked = await browser.get(ONE);
  expect([asked.status, asked.headers.get("location")]).toEqual([303, `/sign-in?to=${encodeURIComponent(ONE)}`]);
  const sent = await browser.post(ONE, { ...fieldsOf(html, ONE), read: "yes", verdict: "approved" });
  expect([sent.status, page.desk.decided.length]).toEqual([401, 0]);
  expect(await browser.logIn(ONE)).toBe(ONE);
  expect((await browser.get(ONE)).status).toBe(200);
});

test("a login lasts where the registry in force changes other things alone", async () => {
  const { page, browser } = world();
  await browser.logIn();
  page.settings = { ...SETTINGS, recentLoginSeconds: 600 };
  expect((await browser.get(ONE)).status).toBe(200);
});

test("a session begun by an older exchange is refused", async () => {
  const { page, browser } = world();
  await browser.logIn();
  const digest = createHash("sha256")
    .update(browser.cookies.get("__Host-ambit-approver") as string)
    .digest("base64url");
  const key = pageSessionKey(1, digest);
  const [item] = await page.store.read([key]);
  const { knownBy: _, ...value } = item?.value as { readonly knownBy: Value; readonly [name: string]: Value };
  await page.store.write([{ kind: "put", key, value, when: "present" }]);
  expect((await browser.get(ONE)).status).toBe(303);
});

test.each([
  ["//evil.example/x"],
  ["https://evil.example/requests"],
  ["/\\evil.example"],
  ["/requests/../../evil"],
  ["/sign-out"],
  ["/requests\r\nset-cookie: a=b"],
  ["javascript:alert(1)"],
])("a login never leads to %j", async (to) => {
  const { browser } = world();
  expect(await browser.logIn(to)).toBe("/requests");
});

test("a login that another browser began is refused", async () => {
  const { page, browser } = world();
  await browser.get("/sign-in");
  const other = page.browser();
  const answer = await other.get("/signed-in?code=code&state=state-1", BACK);
  expect([answer.status, other.cookies.size]).toEqual([403, 0]);
  expect(page.logged.at(-1)).toContain('"code":"page.login"');
});

test("a state that was used already logs no one in, not even with its cookie", async () => {
  const { browser } = world();
  await browser.get("/sign-in");
  const waiting = new Map(browser.cookies);
  expect((await browser.get("/signed-in?code=code&state=state-1", BACK)).status).toBe(303);
  browser.cookies.clear();
  for (const [name, value] of waiting) browser.cookies.set(name, value);
  const again = await browser.get("/signed-in?code=code&state=state-1", BACK);
  expect([again.status, again.html.includes("This login was used already")]).toEqual([403, true]);
  expect(browser.cookies.has("__Host-ambit-approver")).toBe(false);
});

test.each([
  ["another state", "code=code&state=state-9"],
  ["no state", "code=code"],
  ["an error in place of a code", "error=access_denied&state=state-1"],
])("the identity provider's answer with %s logs no one in", async (_, query) => {
  const { browser } = world();
  await browser.get("/sign-in");
  expect((await browser.get(`/signed-in?${query}`, BACK)).status).toBe(403);
  expect(browser.cookies.has("__Host-ambit-approver")).toBe(false);
});

test.each(["bm90IGpzb24", "e30", "!"])("a cookie of a login that says %s is no login", async (value) => {
  const { browser } = world();
  await browser.get("/sign-in");
  for (const name of browser.cookies.keys()) browser.cookies.set(name, value);
  expect((await browser.get("/signed-in?code=code&state=state-1", BACK)).status).toBe(403);
});

test("a login that takes longer than 10 minutes is over", async () => {
  const { page, browser } = world();
  await browser.get("/sign-in");
  page.now += 601;
  expect((await browser.get("/signed-in?code=code&state=state-1", BACK)).status).toBe(403);
});

test("a person with an invalid ID token sees that, and is not logged in", async () => {
  const { page, browser } = world();
  page.provider.logsIn = "stranger";
  expect(await browser.logIn()).toBe("status 403");
  expect(page.logged.some((line) => line.includes("page.login-refused"))).toBe(true);
});

test("of 17 concurrent logins 16 are exchanged at once, and the last one after them", async () => {
  const { page } = world();
  let through: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (through = resolve));
  // One that is refused makes room too.
  const finish = jest
    .spyOn(page.provider, "finish")
    .mockImplementation((_, __, { state }) =>
      state === "state-17"
        ? Promise.resolve("bob")
        : all.then(() => (state === "state-1" ? Promise.reject(new Error("no")) : "bob")),
    );
  const back = async () => {
    const browser = page.browser();
    const begun = await browser.get("/sign-in");
    const state = new URL(begun.headers.get("location") as string).searchParams.get("state");
    return { answer: browser.get(`/signed-in?code=code&state=${state}`, BACK) };
  };
  const waiting = [];
  for (let count = 0; count < 16; count += 1) waiting.push((await back()).answer);
  const refused = await (await back()).answer;
  expect([refused.status, refused.html.includes("log in again in a moment")]).toEqual([503, true]);
  expect(page.logged.at(-1)).toContain('"code":"page.unavailable"');
  expect(finish).toHaveBeenCalledTimes(16);
  through();
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  expect([statuses[0], new Set(statuses.slice(1))]).toEqual([403, new Set([303])]);
  for (let count = 0; count < 17; count += 1) expect((await (await back()).answer).status).toBe(303);
});

test("two tabs may log in at once", async () => {
  const { browser } = world();
  await browser.get(`/sign-in?to=${encodeURIComponent(ONE)}`);
  await browser.get("/sign-in?to=%2Fhistory");
  const first = await browser.get("/signed-in?code=code&state=state-1", BACK);
  const second = await browser.get("/signed-in?code=code&state=state-2", BACK);
  expect([first, second].map(({ headers }) => headers.get("location"))).toEqual([ONE, "/history"]);
});

test("logins that were never finished do not pile up in the browser", async () => {
  const { browser } = world();
  for (let count = 0; count < 20; count += 1) await browser.get("/sign-in");
  expect(browser.cookies.size).toBeLessThanOrEqual(8);
});

test("a stranger's requests write nothing to the store", async () => {
  const { page, browser } = world();
  const write = jest.spyOn(page.store, "write");
  await browser.get("/sign-in");
  await browser.get("/signed-in?code=code&state=state-9", BACK);
  await browser.get(ONE);
  expect(write).not.toHaveBeenCalled();
});

test("a silent identity provider is reported, and asked again", async () => {
  const { page, browser } = world();
  page.provider.fails = true;
  const answer = await browser.get("/sign-in");
  expect([answer.status, answer.html.includes("does not answer")]).toEqual([503, true]);
  expect(page.logged.at(-1)).toContain("no answer");
});

test("a session is over after an hour", async () => {
  const { page, browser } = world();
  await browser.logIn();
  page.now = NOW + 3_600;
  expect((await browser.get(ONE)).status).toBe(303);
});

test.each(["", "x", "a".repeat(43)])("the cookie %j is no session", async (value) => {
  const { browser } = world();
  browser.cookies.set("__Host-ambit-approver", value);
  expect((await browser.get(ONE)).status).toBe(303);
});

test("a cookie that is sent twice is ignored: another host has set one of them", async () => {
  const { browser } = world();
  await browser.logIn();
  const own = `__Host-ambit-approver=${browser.cookies.get("__Host-ambit-approver")}`;
  expect((await browser.get(ONE, { cookie: `${own}; ${own}` })).status).toBe(303);
});

test("logging out ends the session in all processes, and leads to the identity provider by a link alone", async () => {
  const { browser } = world();
  await browser.logIn();
  const session = browser.cookies.get("__Host-ambit-approver") as string;
  const { token } = fieldsOf((await browser.get("/requests")).html, "/sign-out");
  const answer = await browser.post("/sign-out", { token: token as string });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/signed-out"]);
  expect(browser.cookies.size).toBe(0);
  expect((await browser.get("/signed-out")).html).toContain(`href="${SETTINGS.issuer}/logout"`);
  browser.cookies.set("__Host-ambit-approver", session);
  expect((await browser.get(ONE)).status).toBe(303);
});

test.each(["", "x"])("a form with the token %j logs no one out", async (token) => {
  const { browser } = world();
  await browser.logIn();
  expect((await browser.post("/sign-out", { token })).status).toBe(403);
  expect((await browser.get(ONE)).status).toBe(200);
});

test("a session is over when the identity provider has ended its login, and a later login begins another", async () => {
  const page = new VisitedPage();
  const [browser, stranger] = [page.browser(), page.browser()];
  await browser.logIn();
  page.provider.logsIn = "carol";
  await stranger.logIn();
  const user = { issuer: SETTINGS.issuer, subject: "bob" };
  await page.store.write([endLogins(user, undefined, { before: page.now, at: page.now })]);
  expect((await browser.get("/requests")).status).not.toBe(200);
  expect((await stranger.get("/requests")).status).toBe(200);
  page.provider.logsIn = "bob";
  page.authenticatedAt = page.now + 1;
  await browser.logIn();
  expect((await browser.get("/requests")).status).toBe(200);
});

test("a time of the login with a fraction of a second begins a session, and counts to the last of it", async () => {
  const page = new VisitedPage();
  page.authenticatedAt = page.now - 0.5;
  const browser = page.browser();
  await browser.logIn();
  expect((await browser.get("/requests")).status).toBe(200);
  page.now += SETTINGS.recentLoginSeconds;
  page.desk.put(shownApproval());
  expect((await browser.get(`/requests/${shownApproval().id}`)).html).not.toContain('name="verdict"');
});

test("while the store is away, a login reports that, and not an unknown person", async () => {
  const page = new VisitedPage();
  const gone = () => Promise.reject(new StoreUnavailable("the table is gone"));
  Object.assign(page.parts.people, { of: gone });
  expect(await page.browser().logIn()).toBe("status 503");
});
