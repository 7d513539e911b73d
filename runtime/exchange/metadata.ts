import { ACCESS_TOKEN_URN, JWT_URN } from "../token/token-answer";
import { ACCESS_REQUESTS } from "./access-requests/shown-task";
import { GRANT_TYPES } from "./request/grant";
import { TXN_TOKEN_URN } from "./transaction/txn-token";

/** RFC 8414, with what RFC 8705, 9396 and 9449 add, for an issuer without path */
export function metadata(issuer: string): Readonly<Record<string, unknown>> {
  const methods = {
    token_endpoint_auth_methods_supported: AUTHENTICATION,
    token_endpoint_auth_signing_alg_values_supported: SVID_ALGORITHMS,
    introspection_endpoint_auth_methods_supported: AUTHENTICATION,
    introspection_endpoint_auth_signing_alg_values_supported: SVID_ALGORITHMS,
    revocation_endpoint_auth_methods_supported: AUTHENTICATION,
    revocation_endpoint_auth_signing_alg_values_supported: SVID_ALGORITHMS,
  };
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    jwks_uri: `${issuer}/jwks`,
    // There is no authorization endpoint.
    response_types_supported: [],
    grant_types_supported: GRANT_TYPES,
    ...methods,
    tls_client_certificate_bound_access_tokens: true,
    dpop_signing_alg_values_supported: ["ES256"],
    authorization_details_types_supported: ["ambit_task"],
    // There is no registered name for it; draft-ietf-oauth-identity-chaining defines one for its own use.
    requested_token_types_supported: [ACCESS_TOKEN_URN, JWT_URN, TXN_TOKEN_URN],
  };
}

/**
 * Metadata of a Policy Decision Point, by the Access Request and Approval Profile, Draft 1, "Discovery". There is no
 * `access_evaluation_endpoint`, because the gateway evaluates calls, and no `jwks_uri`, because nothing of the profile
 * is signed here.
 */
export function authzenMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    policy_decision_point: issuer,
    access_request_endpoint: `${issuer}${ACCESS_REQUESTS}`,
    capabilities: ["urn:openid:authzen:capability:access-request"],
  };
}

/** RFC 8705 section 2.1, and draft-ietf-oauth-spiffe-client-auth */
const AUTHENTICATION = ["spiffe_jwt", "spiffe_x509", "tls_client_auth"];

/** Of JWT-SVIDs */
const SVID_ALGORITHMS = ["ES256", "ES384", "PS256", "RS256"];
