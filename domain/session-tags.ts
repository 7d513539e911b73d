/** Session tags that the exchange sets; policies read them as `aws:PrincipalTag/…` */
export const SESSION_TAG = {
  agent: "ambit-agent",
  task: "ambit-task",
  /** A digest of issuer and subject; left out if no user is served */
  user: "ambit-user",
  session: "ambit-session",
} as const;
