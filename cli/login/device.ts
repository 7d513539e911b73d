import { openIdClient, publicClient } from "../../runtime/exchange/approver-page/public-client";
import { CliError } from "../program";
import { claimsOf } from "./kept-token";

export interface DeviceLogin {
  readonly issuer: string;
  readonly clientId: string;
  /** PEM of the authorities to trust; those that Node trusts where it is left out */
  readonly ca: string | undefined;
  /** Told where a person goes with a browser of any machine, and what to compare or write there */
  readonly visit: (url: string, code: string) => void;
}

/**
 * The device flow (RFC 8628), for a machine without a browser
 *
 * @returns the ID token
 * @throws CliError if the provider has no device flow or gives no ID token with auth_time, Error where it refuses
 */
export async function deviceLogin({ issuer, clientId, ca, visit }: DeviceLogin): Promise<string> {
  const [library, configuration] = [await openIdClient(), await publicClient(issuer, clientId, ca)];
  if (configuration.serverMetadata().device_authorization_endpoint === undefined) {
    throw new CliError(`${issuer} has no device flow: leave --device out, or let it serve RFC 8628`);
  }
  const begun = await library.initiateDeviceAuthorization(configuration, { scope: "openid profile email" });
  visit(begun.verification_uri_complete ?? begun.verification_uri, begun.user_code);
  const tokens = await library.pollDeviceAuthorizationGrant(configuration, begun);
  const token = tokens.id_token ?? noToken(issuer);
  if (typeof claimsOf(token).auth_time !== "number") {
    throw new CliError(
      `${issuer} gave an ID token without auth_time, which says when you logged in: let ID tokens of the client have it (in Keycloak the client scope basic), or leave --device out`,
    );
  }
  return token;
}

function noToken(issuer: string): never {
  throw new CliError(`${issuer} gave no ID token: let the client have the scope openid`);
}
