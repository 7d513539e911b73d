import type { NoticeFormat } from "../../../domain";
import type { Notice, NoticeType } from "./notice";

const TITLES: Readonly<Record<NoticeType, string>> = {
  "approval.requested": "An agent asks for approval",
  "approval.seconded": "A second person must approve",
};
const LINK = "Open the request";

/** The body in JSON, as the receiver takes it */
export function noticeBody(format: NoticeFormat, notice: Notice): string {
  return JSON.stringify(BODIES[format](notice));
}

const BODIES: Readonly<Record<NoticeFormat, (notice: Notice) => object>> = {
  standard: (notice) => notice,
  slack,
  teams,
};

function linesOf({ data: { agent, action, group, expires_at } }: Notice): readonly (readonly [string, string])[] {
  return [
    ["Agent", agent],
    ["Action", action],
    ["Group", group],
    ["Open until", expires_at],
  ];
}

/** Incoming webhooks of Slack, Block Kit: texts are plain, and the link alone is mrkdwn. */
function slack(notice: Notice): object {
  const title = TITLES[notice.type];
  const { link, agent, action } = notice.data;
  return {
    text: slackText(`${title}: ${agent}, ${action}`),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(title) },
      { type: "section", fields: linesOf(notice).map(([name, value]) => plain(`${name}: ${value}`)) },
      { type: "section", text: { type: "mrkdwn", text: `<${slackText(link)}|${LINK}>`, verbatim: true } },
    ],
  };
}

function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}

/** Slack, "Formatting text for app surfaces": the three characters that it gives a meaning */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * An Adaptive Card for the workflow "Post to a channel when a webhook request is received". A TextRun renders no
 * Markdown.
 */
function teams(notice: Notice): object {
  const paragraph = (text: string, more: object = {}): object => ({
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text, ...more }],
  });
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      paragraph(TITLES[notice.type], { weight: "bolder", size: "medium" }),
      ...linesOf(notice).map(([name, value]) => paragraph(`${name}: ${value}`)),
    ],
    actions: [{ type: "Action.OpenUrl", title: LINK, url: notice.data.link }],
  };
  const attachment = { contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content };
  return { type: "message", attachments: [attachment] };
}
