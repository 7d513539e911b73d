/** Of an alarm: one event within a minute is enough, and a minute without any is none. The statistic is left to who counts what. */
export const ALARM_ON_ANY = {
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  period: 60,
  evaluationPeriods: 1,
  treatMissingData: "notBreaching",
} as const;
