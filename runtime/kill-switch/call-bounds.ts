/**
 * Of one call to KMS or IAM, which the step that it is part of tries again: 3 s, so that three tries and the waits between them end
 * before the function does
 */
export const CALL_BOUNDS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
