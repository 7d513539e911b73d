import type { OAuthError } from "./oauth-error";

/** For what people are refused who decide. Texts as in `REASONS`. */
export const PEOPLE_REASONS = {
  "decide.unknown": { error: "access_denied", what: "no such request is known", fix: "let the agent ask again" },
  "decide.decided": {
    error: "access_denied",
    what: "the request was decided before",
    fix: "let the agent ask again: each is decided once",
  },
  "decide.over": { error: "access_denied", what: "the request is no longer open", fix: "let the agent ask again" },
  "decide.other-group": {
    error: "access_denied",
    what: "the person is not in the group that decides on this request",
    fix: "ask a member of that group, or log in anew once you are in it",
  },
  "decide.above-clearance": {
    error: "access_denied",
    what: "the group is not cleared for what the request may show",
    fix: "raise the clearance of the group in approvers of the platform, or ask in a clean session",
  },
  "decide.no-email": {
    error: "access_denied",
    what: "no verified e-mail address of the person is known, so the person may be the owner or the user served",
    fix: "let the identity provider put email and email_verified into ID tokens",
  },
  "decide.by-requester": {
    error: "access_denied",
    what: "the user served cannot decide on the own request",
    fix: "ask another person of the group",
  },
  "decide.user-unproven": {
    error: "access_denied",
    what: "the user served is of another issuer, without a verified e-mail address, and may be this person",
    fix: "let that issuer put email and email_verified into the access tokens that start tasks",
  },
  "decide.by-owner": {
    error: "access_denied",
    what: "the owner of the agent, or of one that handed the work on, cannot decide on its request",
    fix: "ask another person of the group",
  },
  "decide.stopped": {
    error: "access_denied",
    what: "the agent that asked, one that handed it the work, their run or session, or the user served is revoked",
    fix: "restore the agent or user, and let it ask again; a run or session is not restored: begin another",
  },
  "decide.twice": {
    error: "access_denied",
    what: "the person has approved already, and two different persons must",
    fix: "ask another person of the group",
  },
  "decide.other-digest": {
    error: "access_denied",
    what: "the digest is not that of the request",
    fix: "read the request again, and send the digest that was shown with it",
  },
  "person.undeclared": {
    error: "access_denied",
    what: "the platform does not say which people there are",
    fix: "declare people in the platform, and sign the registry anew",
  },
  "person.missing": {
    error: "invalid_token",
    what: "no person is authenticated",
    fix: "send an ID token as Bearer in Authorization",
  },
  "person.evidence": {
    error: "invalid_token",
    what: "the ID token is not sound",
    fix: "log in anew at the identity provider that people of the platform names, which must put auth_time into ID tokens",
  },
  "person.keys-unavailable": {
    error: "temporarily_unavailable",
    what: "the keys of the people's identity provider could not be read",
    fix: "look at people.jwksUri of the platform; no person acts without its keys",
  },
  "person.other-client": {
    error: "invalid_token",
    what: "the ID token is for another client",
    fix: "log in with the client that people.clientId of the platform names, as the only audience",
  },
  "person.expired": { error: "invalid_token", what: "the ID token has expired", fix: "log in anew" },
  "person.from-future": {
    error: "invalid_token",
    what: "the ID token is from the future",
    fix: "set the clocks right",
  },
  "person.stale-login": {
    error: "invalid_token",
    what: "the login was too long ago",
    fix: "log in anew, with your password or key",
  },
  "person.no-groups": {
    error: "access_denied",
    what: "the ID token does not say which groups the person is in",
    fix: "let the identity provider put the groups themselves into the claim that people.groupsClaim of the platform names",
  },
} as const satisfies Readonly<
  Record<string, { readonly error: OAuthError; readonly what: string; readonly fix: string }>
>;
