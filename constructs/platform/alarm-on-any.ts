/** Alarm if one event occurs within a minute; a minute without events is healthy. The caller chooses the statistic. */
export const ALARM_ON_ANY = {
  comparisonOperator: "GreaterThanThreshold",
  threshold: 0,
  period: 60,
  evaluationPeriods: 1,
  treatMissingData: "notBreaching",
} as const;
