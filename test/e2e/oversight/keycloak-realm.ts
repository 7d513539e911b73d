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
export const PASSWORD = "correct horse battery staple";

/** As `kc.sh start --import-realm` reads it: a public client with PCKE and groups in the ID token. What is not said is Keycloak's default. */
export function realm(redirectUri: string): object {
  return {
    realm: REALM,
    enabled: true,
    sslRequired: "all",
    defaultSignatureAlgorithm: "ES256",
    components: {
      "org.keycloak.keys.KeyProvider": [
        provider("ecdsa-generated", { ecdsaEllipticCurveKey: ["P-256"] }),
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
        redirectUris: [redirectUri],
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

function provider(providerId: string, config: Readonly<Record<string, readonly string[]>>): object {
  return {
    name: providerId,
    providerId,
    config: { priority: ["100"], enabled: ["true"], active: ["true"], ...config },
  };
}
