export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const satisfies readonly Weekday[];
export type Weekday = "Mon" | "Tue" | "Wed" | "Thu" | "Fri" | "Sat" | "Sun";

/** When a task usually runs, in UTC */
export interface UsualHours {
  /** First hour, 0 to 23 */
  readonly from: number;
  /** Hour at which it is over, 1 to 24 */
  readonly to: number;
  /**
   * Days of the week.
   *
   * @default - all of them
   */
  readonly days?: readonly Weekday[];
}
