import type { OAuthError } from "./oauth-error";

/** For what people are refused who decide. Texts as in `REASONS`. */
export const PEOPLE_REASONS = {
  "decide.unknown": ["access_denied", "no such request is known", "let the agent ask again"],
  "decide.decided": [
    "access_denied",
    "the request was decided before",
    "let the agent ask again: each is decided once",
  ],
  "decide.over": ["access_denied", "the request is no longer open", "let the agent ask again"],
  "decide.other-group": [
    "access_denied",
    "the person is not in the group that decides on this request",
    "ask a member of that group, or log in anew once you are in it",
  ],
  "decide.above-clearance": [
    "access_denied",
    "the group is not cleared for what the request may show",
    "raise the clearance of the group in approvers of the platform, or ask in a clean session",
  ],
  "decide.no-email": [
    "access_denied",
    "no verified e-mail address of the person is known, so the person may be the owner or the user served",
    "let the identity provider put email and email_verified into ID tokens",
  ],
  "decide.by-requester": [
    "access_denied",
    "the user served cannot decide on the own request",
    "ask another person of the group",
  ],
  "decide.user-unproven": [
    "access_denied",
    "the user served is of another issuer, without a verified e-mail address, and may be this person",
    "let that issuer put email and email_verified into the access tokens that start tasks",
  ],
  "decide.by-owner": [
    "access_denied",
    "the owner of the agent, or of one that handed the work on, cannot decide on its request",
    "ask another person of the group",
  ],
  "decide.stopped": [
    "access_denied",
    "the agent that asked, one that handed it the work, their run or session, or the user served is revoked",
    "restore the agent or user, and let it ask again; a run or session is not restored: begin another",
  ],
  "decide.twice": [
    "access_denied",
    "the person has approved already, and two different persons must",
    "ask another person of the group",
  ],
  "decide.other-digest": [
    "access_denied",
    "the digest is not that of the request",
    "read the request again, and send the digest that was shown with it",
  ],
  "person.undeclared": [
    "access_denied",
    "the platform does not say which people there are",
    "declare people in the platform, and sign the registry anew",
  ],
  "person.missing": ["invalid_token", "no person is authenticated", "send an ID token as Bearer in Authorization"],
  "person.evidence": [
    "invalid_token",
    "the ID token is not sound",
    "log in anew at the identity provider that people of the platform names, which must put auth_time into ID tokens",
  ],
  "person.keys-unavailable": [
    "temporarily_unavailable",
    "the keys of the people's identity provider could not be read",
    "look at people.jwksUri of the platform; no person acts without its keys",
  ],
  "person.other-client": [
    "invalid_token",
    "the ID token is for another client",
    "log in with the client that people.clientId of the platform names, as the only audience",
  ],
  "person.expired": ["invalid_token", "the ID token has expired", "log in anew"],
  "person.from-future": ["invalid_token", "the ID token is from the future", "set the clocks right"],
  "person.stale-login": ["invalid_token", "the login was too long ago", "log in anew, with your password or key"],
  "person.no-groups": [
    "access_denied",
    "the ID token does not say which groups the person is in",
    "let the identity provider put the groups themselves into the claim that people.groupsClaim of the platform names",
  ],
} as const satisfies Readonly<Record<string, readonly [error: OAuthError, what: string, fix: string]>>;
