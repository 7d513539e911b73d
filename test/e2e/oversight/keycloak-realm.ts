/** People who log in at Keycloak, with their groups there */
export const PEOPLE = {
  /** Decides */
  bob: ["support-leads"],
  /** Decides too, and on what finance asks for */
  dora: ["support-leads", "finance-controllers"],
  /** Is served by the agent, and in the group that decides */
  alice: ["support-leads"],
  /** Owns the agent, and is in the group that decides */
  office: ["support-leads"],
  /** In no group that decides */
  carol: ["kitchen"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type PersonName = keyof typeof PEOPLE;

export const REALM = "acme";
export const CLIENT = "ambit-approvals";
/** By which users start tasks */
export const OFFICE = "office";
/** As which the exchange fetches security events */
export const RECEIVER = "ambit-exchange";
/** As which it has them pushed */
export const PUSHED = "ambit-exchange-pushed";
export const PASSWORD = "correct horse battery staple";

export interface RealmProps {
  /** Where people come back to */
  readonly redirectUri: string;
  /** Audience of users' tokens */
  readonly exchange: string;
  /** Of the clients {@link RECEIVER} and {@link PUSHED} */
  readonly secret: string;
  /** The one address that Keycloak may push security events to */
  readonly pushTo: string;
}

/**
 * As `kc.sh start --import-realm` reads it: a public client with PKCE and groups in the ID token, one by which users start tasks, and two
 * that security events are for. What is not said is Keycloak's default.
 */
export function realm({ redirectUri, exchange, secret, pushTo }: RealmProps): object {
  return {
    realm: REALM,
    enabled: true,
    sslRequired: "all",
    defaultSignatureAlgorithm: "ES256",
    attributes: { "ssf.transmitterEnabled": "true" },
    components: {
      "org.keycloak.keys.KeyProvider": [
        provider("ecdsa-generated", { ecdsaEllipticCurveKey: ["P-256"] }),
        // For security events
        provider("rsa-generated", { priority: ["50"] }),
        // For its own sessions, as every realm has them
        provider("hmac-generated", { algorithm: ["HS512"] }),
        provider("aes-generated", {}),
      ],
    },
    groups: [...new Set(Object.values(PEOPLE).flat())].map((name) => ({ name })),
    clients: [
      {
        clientId: CLIENT,
        enabled: true,
        publicClient: true,
        standardFlowEnabled: true,
        directAccessGrantsEnabled: false,
        // Keycloak takes any port of the loopback (RFC 8252 section 7.3).
        redirectUris: [redirectUri, "http://127.0.0.1/signed-in"],
        attributes: { "pkce.code.challenge.method": "S256" },
        protocolMappers: [
          {
            name: "groups",
            protocol: "openid-connect",
            protocolMapper: "oidc-group-membership-mapper",
            config: { "claim.name": "groups", "full.path": "false", "id.token.claim": "true" },
          },
        ],
      },
      {
        clientId: OFFICE,
        enabled: true,
        publicClient: true,
        directAccessGrantsEnabled: true,
        fullScopeAllowed: false,
        protocolMappers: [
          {
            name: "exchange",
            protocol: "openid-connect",
            protocolMapper: "oidc-audience-mapper",
            config: { "included.custom.audience": exchange, "access.token.claim": "true" },
          },
        ],
      },
      receiver(RECEIVER, secret, {}),
      receiver(PUSHED, secret, { "ssf.validPushUrls": pushTo }),
    ],
    users: Object.entries(PEOPLE).map(([username, groups]) => ({
      username,
      enabled: true,
      email: `${username}@acme.example`,
      emailVerified: true,
      firstName: username,
      lastName: "Acme",
      groups,
      credentials: [{ type: "password", value: PASSWORD }],
    })),
  };
}

function receiver(clientId: string, secret: string, attributes: Readonly<Record<string, string>>): object {
  return {
    clientId,
    enabled: true,
    secret,
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
    attributes: { "ssf.enabled": "true", "ssf.defaultSubjects": "ALL", ...attributes },
  };
}

function provider(providerId: string, config: Readonly<Record<string, readonly string[]>>): object {
  return {
    name: providerId,
    providerId,
    config: { priority: ["100"], enabled: ["true"], active: ["true"], ...config },
  };
}
