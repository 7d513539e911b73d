import { handleOf, shownApproval } from "../../../support/approver-page/shown-requests";
import { fieldsOf, ORIGIN, VisitedPage } from "../../../support/approver-page/visited-page";

const ONE = `/requests/${handleOf(1)}`;

async function visited() {
  const page = new VisitedPage();
  page.desk.put(shownApproval());
  const browser = page.browser();
  await browser.logIn();
  const { html } = await browser.get(ONE);
  return { page, browser, fields: { ...fieldsOf(html, ONE), read: "yes" } };
}

test.each([
  ["a request", ONE],
  ["the list", "/requests"],
  ["the history", "/history"],
  ["the page that is none", "/no-page"],
])("%s loads nothing, runs no script, is framed by no page and kept by none", async (_, path) => {
  const { browser } = await visited();
  const { headers, html } = await browser.get(path);
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-security-policy": expect.stringMatching(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]+='; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    ) as string,
    "cache-control": "no-store",
    "document-policy": "force-load-at-top",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  expect(html).not.toMatch(
    /<script|<link|<img|<iframe| style=| on[a-z]+=|https?:\/\/(?!login\.acme\.example)[^ <]*["')]/,
  );
});

test.each([
  ["another page's form", { origin: "https://evil.example" }],
  ["a form of the same site", { origin: "https://agents.acme.example", "sec-fetch-site": "same-site" }],
  ["a form that hides its origin", { origin: "null" }],
  ["a form without an origin", { origin: "" }],
  ["what a browser calls cross-site", { "sec-fetch-site": "cross-site" }],
  ["the same host without TLS", { origin: ORIGIN.replace("https", "http") }],
])("%s decides nothing", async (_, headers) => {
  const { page, browser, fields } = await visited();
  const answer = await browser.post(ONE, { ...fields, verdict: "approved" }, headers);
  expect(answer.status).toBe(403);
  expect(answer.html).toContain("comes from another page");
  expect(page.desk.decided).toEqual([]);
  expect(page.logged.at(-1)).toContain('"code":"page.origin"');
});

test.each([
  [
    "an image of another page",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  ],
  [
    "a frame of another page",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  ],
  ["a script of another page", { origin: "https://evil.example" }],
])("%s shows nothing", async (_, headers) => {
  const { browser } = await visited();
  const answer = await browser.get(ONE, headers);
  expect([answer.status, answer.html.includes("A-1")]).toEqual([403, false]);
});

test("a link of another page leads here, and so does the identity provider", async () => {
  const { browser } = await visited();
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect((await browser.get(ONE, headers)).status).toBe(200);
});

test.each(["evil.example", "approvals.acme.example:8443", "127.0.0.1"])(
  "the name %s, which leads here too, shows nothing",
  async (host) => {
    const { browser, page } = await visited();
    expect((await browser.get(ONE, { host })).status).toBe(421);
    expect(page.logged.at(-1)).toContain('"code":"page.host"');
  },
);

test("a load balancer sees that the process answers, and nothing else", async () => {
  const { browser } = await visited();
  const answer = await browser.get("/live", { host: "10.0.0.1" });
  expect([answer.status, answer.html]).toEqual([200, "ok"]);
});

test("without a page in the registry there is no page", async () => {
  const { browser, page } = await visited();
  page.settings = undefined;
  expect((await browser.get(ONE)).status).toBe(404);
  expect(page.logged.at(-1)).toContain('"code":"page.none"');
});
