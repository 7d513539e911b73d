/** Seconds from one request for a verification of a stream of security events to the next */
export const VERIFICATION_SECONDS = { default: 90, least: 10, most: 900 } as const;
