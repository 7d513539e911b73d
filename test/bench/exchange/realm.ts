/** The realm in Keycloak, its clients and how a user's token comes to be exchanged */
export const REALM = "bench";
/** Knows itself by its SVID */
export const AGENT = "agent";
/** Where users log in */
export const LOGIN = { id: "front", secret: "front-secret" } as const;
/** Audience of the token */
export const TOOL = "desk";
export const PASSWORD = "password";

/** Of the tokens that are exchanged: longer than the bench runs */
const LOGIN_SECONDS = 36_000;

/**
 * As `kc.sh start --import-realm` reads it: keys on P-256, tokens of 300 s, and standard token exchange for the agent, whose
 * tokens are bound to its certificate. What is not said is Keycloak's default.
 *
 * @param subject of the agent's certificate, by which Keycloak knows it (RFC 8705 section 2.1)
 */
export function realm(users: readonly string[], subject: string): object {
  return {
    realm: REALM,
    enabled: true,
    defaultSignatureAlgorithm: "ES256",
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: LOGIN_SECONDS,
    ssoSessionMaxLifespan: LOGIN_SECONDS,
    components: {
      "org.keycloak.keys.KeyProvider": [
        provider("ecdsa-generated", { ecdsaEllipticCurveKey: ["P-256"] }),
        // For its own sessions, as every realm has them
        provider("hmac-generated", { algorithm: ["HS512"] }),
        provider("aes-generated", {}),
      ],
    },
    clients: [
      {
        ...confidential(LOGIN.id),
        secret: LOGIN.secret,
        directAccessGrantsEnabled: true,
        protocolMappers: [audience(AGENT)],
        attributes: { "access.token.lifespan": `${LOGIN_SECONDS}` },
      },
      {
        ...confidential(AGENT),
        clientAuthenticatorType: "client-x509",
        protocolMappers: [audience(TOOL)],
        attributes: {
          "x509.subjectdn": subject,
          "tls.client.certificate.bound.access.tokens": "true",
          "standard.token.exchange.enabled": "true",
        },
      },
      { clientId: TOOL, enabled: true, bearerOnly: true },
    ],
    users: users.map((username) => ({
      username,
      enabled: true,
      email: `${username}@acme.example`,
      emailVerified: true,
      firstName: "Ida",
      lastName: "Bench",
      credentials: [{ type: "password", value: PASSWORD }],
    })),
  };
}

function provider(providerId: string, config: Readonly<Record<string, readonly string[]>>): object {
  return {
    name: providerId,
    providerId,
    config: { priority: ["100"], enabled: ["true"], active: ["true"], ...config },
  };
}

function confidential(clientId: string): object {
  return { clientId, enabled: true, publicClient: false, standardFlowEnabled: false };
}

/** Tokens that name this client as their audience */
function audience(client: string): object {
  return {
    name: `audience ${client}`,
    protocol: "openid-connect",
    protocolMapper: "oidc-audience-mapper",
    config: { "included.client.audience": client, "access.token.claim": "true" },
  };
}
