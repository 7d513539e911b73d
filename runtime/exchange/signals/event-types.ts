const CAEP = "https://schemas.openid.net/secevent/caep/event-type";
const RISC = "https://schemas.openid.net/secevent/risc/event-type";
const SSF = "https://schemas.openid.net/secevent/ssf/event-type";

/** OpenID Shared Signals Framework 1.0 section 8.1.4: the transmitter answers that the stream works */
export const VERIFICATION = `${SSF}/verification`;
/** OpenID Shared Signals Framework 1.0 section 8.1.5: the transmitter has paused the stream, or goes on with it */
export const STREAM_UPDATED = `${SSF}/stream-updated`;

/** OpenID CAEP 1.0 section 3.3: also reports new credentials, which end no login */
export const CREDENTIAL_CHANGE = `${CAEP}/credential-change`;
/** Values of `change_type` after which a login with the credential of before is no proof of the user any more */
export const CHANGES_THAT_END: readonly unknown[] = ["delete", "revoke", "update"];
export const CHANGES: readonly unknown[] = ["create", ...CHANGES_THAT_END];

/**
 * Told of an account that another may have used until it was told: its time is when that began, or was found, and logins went on until the token
 * was issued.
 */
export const OF_ACCOUNT: readonly string[] = [
  `${RISC}/account-disabled`,
  `${RISC}/account-purged`,
  `${RISC}/credential-compromise`,
];

/** Events that end all work started by the user's logins: CAEP 1.0 section 3.1, RISC 1.0 sections 2.2, 2.4 and 2.7 */
export const ENDING: readonly string[] = [`${CAEP}/session-revoked`, ...OF_ACCOUNT];
