import { Platform, type PlatformProps, type StarterProps, type TokenIssuerProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { refusal, TOKEN, untyped } from "../../support/domain";

const LOGIN: TokenIssuerProps = {
  issuer: "https://login.acme.example/",
  jwksUri: "https://login.acme.example/keys?set=a",
};
const CRON: StarterProps = {
  issuer: "https://cron.acme.example:8443/a",
  jwksUri: "https://cron.acme.example/keys",
  starts: ["schedule"],
};

const platform = (changes: Partial<PlatformProps>): Platform =>
  new Platform({ ...facts, issuers: [], starters: [], ...changes });
const issuers =
  (...given: readonly TokenIssuerProps[]) =>
  () =>
    platform({ issuers: given });
const starters =
  (...given: readonly StarterProps[]) =>
  () =>
    platform({ starters: given });

test("tasks have no external starts unless the platform names issuers", () => {
  const { issuers: _, starters: __, ...rest } = facts;
  expect(new Platform(rest).trust).toEqual({ issuers: [], starters: [] });
});

test("what is declared is sorted, with its defaults", () => {
  const other: TokenIssuerProps = {
    ...LOGIN,
    issuer: "https://a.acme.example",
    algorithms: ["RS256", "ES384", "RS256"],
  };
  const events: StarterProps = { ...CRON, issuer: "https://bus.acme.example", starts: ["schedule", "event"] };
  expect(platform({ issuers: [LOGIN, other], starters: [CRON, events] }).trust).toEqual({
    issuers: [
      { ...LOGIN, issuer: "https://a.acme.example", algorithms: ["ES384", "RS256"] },
      { ...LOGIN, algorithms: ["ES256", "RS256"] },
    ],
    starters: [
      { ...CRON, issuer: "https://bus.acme.example", algorithms: ["ES256", "RS256"], starts: ["event", "schedule"] },
      { ...CRON, algorithms: ["ES256", "RS256"] },
    ],
  });
});

const ADDRESS = "must be an https address without user, query and fragment, at most 512 characters";
const KEYS = "must be an https address without user and fragment, at most 512 characters";
const long = `https://login.acme.example/${"a".repeat(512)}`;

const MALFORMED: readonly (readonly [when: string, make: () => Platform, message: string])[] = [
  ...[
    "http://login.acme.example",
    "https://a@login.acme.example",
    "https://login.acme.example?a",
    "https://login.acme.example/#a",
    "https://login.acme.example:99999",
    "https://LOGIN.acme.example",
    "login.acme.example",
    long,
  ].map(
    (issuer) =>
      [
        `an issuer is ${issuer}`,
        issuers({ ...LOGIN, issuer }),
        `issuers[0].issuer ${ADDRESS}, got "${issuer}"`,
      ] as const,
  ),
  ...[
    "http://login.acme.example/keys",
    "https://a:b@login.acme.example/keys",
    "https://login.acme.example/keys#a",
    "file:///keys",
  ].map(
    (jwksUri) =>
      [
        `keys are at ${jwksUri}`,
        issuers({ ...LOGIN, jwksUri }),
        `issuers[0].jwksUri ${KEYS}, got "${jwksUri}"`,
      ] as const,
  ),
  [
    "a shared secret signs",
    issuers({ ...LOGIN, algorithms: untyped(["ES256", "HS256"]) }),
    'issuers[0].algorithms must list some of ES256, ES384, EdDSA, PS256, RS256, got ["ES256","HS256"]',
  ],
  [
    "nothing signs",
    issuers({ ...LOGIN, algorithms: [] }),
    "issuers[0].algorithms must list some of ES256, ES384, EdDSA, PS256, RS256, got []",
  ],
  [
    "the algorithms are no list",
    issuers({ ...LOGIN, algorithms: untyped("ES256") }),
    'issuers[0].algorithms must list some of ES256, ES384, EdDSA, PS256, RS256, got "ES256"',
  ],
  [
    "a starter starts nothing",
    starters({ ...CRON, starts: [] }),
    "starters[0].starts must list some of event, schedule, got []",
  ],
  [
    "a starter starts by user",
    starters(CRON, { ...CRON, issuer: "https://b.example", starts: untyped(["user"]) }),
    'starters[1].starts must list some of event, schedule, got ["user"]',
  ],
  [
    "an issuer stands twice",
    issuers(LOGIN, LOGIN),
    'issuers[1].issuer must be used only once, got "https://login.acme.example/", which is that of issuers[0]: name each issuer once',
  ],
  ...[
    "https://login.acme.example",
    "https://login.acme.example//",
    "https://login.acme.example:443/",
    "https://login.acme.example:0443",
    "https://login.acme.example./",
    "https://login.acme.example/.",
    "https://login.acme.example/a/..",
    "https://login.acme.example/%2E/",
  ].map(
    (issuer) =>
      [
        `an issuer is spelled ${issuer} besides`,
        issuers(LOGIN, { ...LOGIN, issuer }),
        `issuers[1].issuer must be used only once, got "${issuer}", which is only another spelling of "https://login.acme.example/" of issuers[0]: name each issuer once`,
      ] as const,
  ),
  [
    "an issuer is a starter in another spelling",
    () => platform({ issuers: [LOGIN], starters: [{ ...CRON, issuer: "https://login.acme.example:443" }] }),
    'starters[0].issuer must be used only once, got "https://login.acme.example:443", which is only another spelling of "https://login.acme.example/" of issuers[0]: name each issuer once',
  ],
  [
    "an issuer is spelled by a number besides",
    issuers({ ...LOGIN, issuer: "https://192.0.2.1" }, { ...LOGIN, issuer: "https://3221225985" }),
    'issuers[1].issuer must be used only once, got "https://3221225985", which is only another spelling of "https://192.0.2.1" of issuers[0]: name each issuer once',
  ],
  [
    "SPIRE's tokens are a user's in another spelling",
    issuers({ ...LOGIN, issuer: `${facts.issuer}:443/` }),
    `issuers[0].issuer must give no agent a token, got "${facts.issuer}:443/", which is issuer of the platform: name the identity provider of the users, or what starts the tasks`,
  ],
  [
    "an issuer is a starter",
    () => platform({ issuers: [LOGIN], starters: [{ ...CRON, issuer: LOGIN.issuer }] }),
    'starters[0].issuer must be used only once, got "https://login.acme.example/", which is that of issuers[0]: name each issuer once',
  ],
  [
    "SPIRE's tokens are a user's",
    issuers({ ...LOGIN, issuer: facts.issuer }),
    `issuers[0].issuer must give no agent a token, got "${facts.issuer}", which is issuer of the platform: name the identity provider of the users, or what starts the tasks`,
  ],
  [
    "the cluster's tokens start tasks",
    () =>
      platform({
        cluster: { ...facts.cluster, oidcIssuer: "https://oidc.acme.example" },
        starters: [{ ...CRON, issuer: "https://oidc.acme.example" }],
      }),
    'starters[0].issuer must give no agent a token, got "https://oidc.acme.example", which is cluster.oidcIssuer of the platform: name the identity provider of the users, or what starts the tasks',
  ],
];

test.each([
  ["another path", "https://login.acme.example/a"],
  ["a path in other letters", "https://login.acme.example/A"],
  ["another port", "https://login.acme.example:8443/"],
  ["a host below it", "https://a.login.acme.example/"],
])("%s is another issuer", (_, issuer) => {
  const { trust } = platform({
    issuers: [
      { ...LOGIN, issuer: "https://login.acme.example/b" },
      { ...LOGIN, issuer },
    ],
  });
  expect(trust.issuers.map((one) => one.issuer)).toContain(issuer);
});

test.each(MALFORMED)("fails when %s", (_, make, message) => {
  expect(refusal(make)).toEqual({ code: "platform.malformed", message: `platform: ${message}` });
});

test("fails when an issuer is a Terraform token", () => {
  const message = `platform: issuers[0].issuer must be a plain string known at synth, got the Terraform token "${TOKEN}": write the string itself`;
  expect(refusal(issuers({ ...LOGIN, issuer: TOKEN }))).toEqual({ code: "token", message });
});

test("fails when the keys have no address", () => {
  expect(refusal(issuers(untyped({ issuer: LOGIN.issuer })))).toEqual({
    code: "name.malformed",
    message: "platform: issuers[0].jwksUri must be a non-empty string, got nothing",
  });
});
