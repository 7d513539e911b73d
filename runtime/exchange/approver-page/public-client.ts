import type * as OpenIdClient from "openid-client";
import { fetchTrusting } from "./provider-fetch";

const SECONDS = 5;

/** It is an ES module, and loaded when a person logs in. */
export function openIdClient(): Promise<typeof OpenIdClient> {
  return import("openid-client");
}

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0), for a client without a secret
 *
 * @param ca PEM of the authorities to trust; those that Node trusts where it is left out
 * @throws Error if the provider does not answer
 */
export async function publicClient(issuer: string, id: string, ca?: string): Promise<OpenIdClient.Configuration> {
  const library = await openIdClient();
  return library.discovery(new URL(issuer), id, undefined, library.None(), {
    [library.customFetch]: fetchTrusting(ca),
    timeout: SECONDS,
  });
}
