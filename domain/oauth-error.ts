/** What an OAuth client sees as `error` (RFC 6749, 8693, 9396, 9449) */
export type OAuthError =
  | "access_denied"
  | "invalid_authorization_details"
  | "invalid_client"
  | "invalid_dpop_proof"
  | "invalid_grant"
  | "invalid_request"
  | "invalid_scope"
  | "invalid_target"
  | "invalid_token"
  | "temporarily_unavailable"
  | "unauthorized_client"
  | "unsupported_grant_type";
