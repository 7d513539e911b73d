import { refuse, shown } from "../../../domain";
import type { Platform } from "../../platform/platform";
import type { KillSwitchProps } from "../kill-switch";

const CODE = "kill-switch.malformed";
const DEFAULT_SEVERITY = 7;
/** GuardDuty user guide, "Severity levels of GuardDuty findings" */
const SEVERITY = { least: 1, most: 10 } as const;
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/;
const ORIGIN = /^https:\/\/[^/?#@\s]+$/;

type Checked = Required<Pick<KillSwitchProps, "alarms" | "findingsFrom">> & Pick<KillSwitchProps, "alarmTopicArn">;

/** @throws DeclarationError `kill-switch.malformed` */
export function checkedKillSwitch(platform: Platform, props: KillSwitchProps, where: string): Checked {
  const { findingsFrom = DEFAULT_SEVERITY, alarms = [], alarmTopicArn } = props;
  if (!platform.hasKillSwitch) {
    const what = "the platform must have a kill switch, whose key the registry names, got one without";
    refuse(CODE, where, `${what}: write killSwitch: true into the platform`);
  }
  for (const property of ["exchange", "exchangeAddress"] as const) {
    const value = props[property];
    if (value !== undefined && !ORIGIN.test(value)) {
      refuse(CODE, where, `${property} must be an https address without a path, got ${shown(value)}`);
    }
  }
  const isSeverity = findingsFrom === "never" || (findingsFrom >= SEVERITY.least && findingsFrom <= SEVERITY.most);
  if (!isSeverity) {
    const what = `findingsFrom must be from ${SEVERITY.least} to ${SEVERITY.most}, or "never"`;
    refuse(CODE, where, `${what}, got ${shown(findingsFrom)}`);
  }
  const { partition, region, account } = platform;
  const begin = `arn:${partition}:cloudwatch:${region}:${account}:alarm:`;
  const odd = alarms.find((alarm) => !alarm.startsWith(begin) || /[*?]/.test(alarm) || alarm === begin);
  if (odd !== undefined) {
    const what = "alarms must be exact ARNs of alarms of the platform's account and region";
    refuse(CODE, where, `${what}, got ${shown(odd)}: write ${begin}<name>`);
  }
  if (alarmTopicArn !== undefined && !TOPIC.test(alarmTopicArn)) {
    refuse(CODE, where, `alarmTopicArn must be the ARN of a topic in SNS, got ${shown(alarmTopicArn)}`);
  }
  return { findingsFrom, alarms, ...(alarmTopicArn !== undefined && { alarmTopicArn }) };
}
