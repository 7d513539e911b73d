/**
 * How a notice is written: the JSON of Standard Webhooks, what an incoming webhook of Slack takes, or an Adaptive Card for a workflow
 * of Teams
 */
export const NOTICE_FORMATS = ["standard", "slack", "teams"] as const satisfies readonly NoticeFormat[];
export type NoticeFormat = "standard" | "slack" | "teams";

/** A name with a public suffix, in lower case: no address, and no name of one label */
export const NOTICE_HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/;
