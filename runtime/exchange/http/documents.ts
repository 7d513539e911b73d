import { authzenMetadata, metadata } from "../metadata";
import { json } from "./answer";
import type { Endpoint, ExchangeParts } from "./parts";

/** Keys are published before they sign, so a client that caches the document for this long does not miss one. */
const CACHED = { "cache-control": "public, max-age=300" };

/** `GET /.well-known/oauth-authorization-server` (RFC 8414) */
export function metadataEndpoint({ issuer }: ExchangeParts): Endpoint {
  const document = metadata(issuer);
  return () => json(document, CACHED);
}

/** `GET /.well-known/authzen-configuration` (AuthZEN Authorization API 1.0, with what its Access Request and Approval Profile adds) */
export function authzenEndpoint({ issuer }: ExchangeParts): Endpoint {
  const document = authzenMetadata(issuer);
  return () => json(document, CACHED);
}

/** `GET /jwks` (RFC 7517) */
export function jwksEndpoint(parts: ExchangeParts): Endpoint {
  return async () => json(await parts.jwks(), CACHED);
}
