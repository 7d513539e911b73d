import type { TopicInput } from "../aws/topic";

/** An alarm where an issuer of users is not heard any more, so that logins which end there may go on here */
export interface SilenceAlarm {
  /** Name of the log group of CloudWatch that gets the log of the exchange's pods */
  readonly logGroup: string;
  /**
   * SNS topic of the platform's region that the alarm tells, and tells again when it is over.
   *
   * @default - the alarm shows in CloudWatch alone
   */
  readonly alarmTopic?: TopicInput;
}
