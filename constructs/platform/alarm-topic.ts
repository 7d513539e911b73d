import type { ErrorCode } from "../../domain";
import { TOPIC, type TopicInput } from "../aws/topic";

export interface AlarmPlace {
  readonly where: string;
  readonly code: ErrorCode;
  /** Of the alarm: CloudWatch tells no topic of another one */
  readonly region: string;
}

/**
 * Actions of an alarm: its topic; empty if undefined
 *
 * @throws DeclarationError of `code`
 */
export function alarmActions(alarmTopic: TopicInput | undefined, place: AlarmPlace): readonly string[] {
  return alarmTopic === undefined ? [] : [TOPIC.arnOf(alarmTopic, { property: "alarmTopic", ...place })];
}
