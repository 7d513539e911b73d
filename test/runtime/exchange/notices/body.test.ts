import { noticeBody } from "../../../../runtime/exchange/notices/notice-body";
import { type Notice, noticeOf, noticeTo } from "../../../../runtime/exchange/notices/notice";
import { unsentNotices } from "../../../../runtime/exchange/notices/unsent-notices";
import { NOTICE_FORMATS } from "../../../../domain";
import { exampleFleet } from "../../../support/exchange/example-fleet";
import { openedRequest, toldFleet } from "../../../support/exchange/notices-world";
import { NOW } from "../../../support/exchange/sessions";

const DATA = {
  agent: "refund-clerk",
  action: "payments.refund",
  group: "finance-controllers",
  expires_at: "2026-11-11T10:00:00Z",
};

async function noticed(type: Notice["type"] = "approval.requested"): Promise<Notice> {
  return noticeOf(toldFleet(), await openedRequest(), type, NOW);
}

test("a notice has link, agent, action, group and time, and nothing else", async () => {
  const record = await openedRequest();
  const notice = noticeOf(toldFleet(), record, "approval.requested", NOW);
  expect(JSON.parse(noticeBody("standard", notice))).toEqual({
    id: notice.id,
    type: "approval.requested",
    timestamp: "2026-11-11T09:00:00Z",
    data: { link: `https://approvals.acme.example/requests/${record.handle}`, ...DATA },
  });
});

test("one request has one id for each type, which does not tell the link", async () => {
  const record = await openedRequest();
  const idOf = (type: Notice["type"], of = record) => noticeOf(toldFleet(), of, type, NOW + 5).id;
  const ids = [idOf("approval.requested"), idOf("approval.requested"), idOf("approval.seconded")];
  expect(new Set(ids).size).toBe(2);
  expect(ids[0]).toMatch(/^msg_[A-Za-z0-9_-]{27}$/);
  expect(ids.join()).not.toContain(record.handle.slice(0, 8));
  expect(idOf("approval.requested", { ...record, handle: "other" })).not.toBe(ids[0]);
});

test.each(NOTICE_FORMATS)("a notice in format %s holds neither arguments nor user nor destination", async (format) => {
  const record = await openedRequest();
  const body = noticeBody(format, noticeOf(toldFleet(), record, "approval.requested", NOW));
  expect(body).not.toMatch(/secret|channel|note|alice|acme-pay|pay\.acme/);
  expect(body).toContain(`https://approvals.acme.example/requests/${record.handle}`);
});

test("Slack gets plain texts, and one link", async () => {
  const { blocks, ...rest } = JSON.parse(noticeBody("slack", await noticed())) as { readonly blocks: unknown };
  expect(rest).toEqual({
    text: "An agent asks for approval: refund-clerk, payments.refund",
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
  });
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false });
  expect(blocks).toEqual([
    { type: "header", text: plain("An agent asks for approval") },
    {
      type: "section",
      fields: [
        plain("Agent: refund-clerk"),
        plain("Action: payments.refund"),
        plain("Group: finance-controllers"),
        plain("Open until: 2026-11-11T10:00:00Z"),
      ],
    },
    {
      type: "section",
      text: {
        type: "mrkdwn",
        text: expect.stringMatching(
          /^<https:\/\/approvals\.acme\.example\/requests\/[\w-]{43}\|Open the request>$/,
        ) as string,
        verbatim: true,
      },
    },
  ]);
});

test("Teams gets an Adaptive Card without Markdown, and one link", async () => {
  const message = JSON.parse(noticeBody("teams", await noticed("approval.seconded"))) as {
    readonly type: string;
    readonly attachments: readonly [{ readonly contentType: string; readonly content: Record<string, unknown> }];
  };
  const [{ contentType, content }] = message.attachments;
  expect([message.type, message.attachments.length, contentType]).toEqual([
    "message",
    1,
    "application/vnd.microsoft.card.adaptive",
  ]);
  expect(content).toMatchObject({ type: "AdaptiveCard", version: "1.4" });
  const texts = (
    content.body as readonly { readonly type: string; readonly inlines: readonly { text: string }[] }[]
  ).map(({ type, inlines }) => [type, inlines.map(({ text }) => text).join()]);
  expect(texts).toEqual([
    ["RichTextBlock", "A second person must approve"],
    ["RichTextBlock", "Agent: refund-clerk"],
    ["RichTextBlock", "Action: payments.refund"],
    ["RichTextBlock", "Group: finance-controllers"],
    ["RichTextBlock", "Open until: 2026-11-11T10:00:00Z"],
  ]);
  expect(content.actions).toEqual([
    { type: "Action.OpenUrl", title: "Open the request", url: expect.stringContaining("/requests/") as string },
  ]);
});

test("Slack's control characters are escaped", async () => {
  const notice = await noticed();
  const hostile = { ...notice, data: { ...notice.data, agent: "<!channel> & *x*", link: "https://a.example/<|>&" } };
  const { text, blocks } = JSON.parse(noticeBody("slack", hostile)) as {
    readonly text: string;
    readonly blocks: readonly { readonly text?: { readonly text: string } }[];
  };
  expect(text).toContain("&lt;!channel&gt; &amp; *x*");
  expect(blocks.at(-1)?.text?.text).toBe("<https://a.example/&lt;|&gt;&amp;|Open the request>");
});

test.each([
  ["an action", { action: "drop <!here>" }],
  ["a tool", { tool: "other" }],
  ["an agent", { agent: "spiffe://prod.acme.example/ns/x/sa/x" }],
])("%s that is not declared is not told", async (_, change) => {
  const record = await openedRequest(change);
  expect(() => noticeOf(toldFleet(), record, "approval.requested", NOW)).toThrow(
    expect.objectContaining({ code: "notice.undeclared" }),
  );
});

test("a group without an address gets no notice, and no group does without a page", async () => {
  const record = await openedRequest();
  const { people, ...fleet } = toldFleet();
  const { host: _, ...pageless } = people as NonNullable<typeof people>;
  expect(noticeTo(exampleFleet, record)).toBeUndefined();
  expect(noticeTo({ ...fleet, people: pageless }, record)).toBeUndefined();
  expect(noticeTo({ ...fleet, people }, { ...record, group: "constructor" })).toBeUndefined();
});

test("an exchange in Lambda sends nothing, and says so", async () => {
  const lines: unknown[] = [];
  const record = await openedRequest();
  for (const fleet of [exampleFleet, toldFleet()]) {
    const notices = unsentNotices({ current: () => fleet }, (...line) => void lines.push(line));
    notices.requested(record);
    notices.seconded(record);
  }
  const line = ["notice.lost", expect.objectContaining({ code: "notice.function", group: "finance-controllers" })];
  expect(lines).toEqual([line, line]);
});

test.each([
  ["the registry cannot be read", true],
  ["the log is full", false],
])("an exchange in Lambda goes on where %s", async (_, isUnread) => {
  const fail = (): never => {
    throw new Error("gone");
  };
  const record = await openedRequest();
  const notices = unsentNotices({ current: isUnread ? fail : () => toldFleet() }, fail);
  expect(() => notices.requested(record)).not.toThrow();
});
