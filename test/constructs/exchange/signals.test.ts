import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Platform, type SignalsProps, type UserIssuerProps } from "../../../constructs";
import { TokenExchange } from "../../../constructs/exchange";
import { facts } from "../../../fleet/platform";
import { checkConfig } from "../../../runtime/exchange/config";
import { refusal, untyped } from "../../support/domain";
import { exchangeRights } from "../../support/exchange/exchange-role";
import { newStack, platformWith, Template } from "../../support/synth";

const SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:signals-AbCdEf";
const LOGIN: UserIssuerProps = { issuer: "https://login.acme.example", jwksUri: "https://login.acme.example/keys" };
const SIGNALS: SignalsProps = {
  poll: "https://login.acme.example/ssf/poll",
  audience: "ambit-prod",
  tokenEndpoint: "https://login.acme.example/token",
  scope: "ssf.read",
  client: { id: "ambit", secret: SECRET },
};
const OTHER: UserIssuerProps = {
  issuer: "https://a.acme.example",
  jwksUri: "https://a.acme.example/keys",
  signals: { ...SIGNALS, client: { id: "ambit", key: "exchange" } },
};
const ISSUERS = [{ ...LOGIN, signals: SIGNALS }, OTHER];

function configOf(issuers: readonly UserIssuerProps[]) {
  const stack = newStack(platformWith({ issuers }));
  new TokenExchange(stack, "Exchange", { keyCidrs: ["203.0.113.0/24"] });
  const { data } = Template.of(stack).only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  return checkConfig(JSON.parse(data["config.json"] ?? ""));
}

const secretsOf = (issuers: readonly UserIssuerProps[]) =>
  exchangeRights(platformWith({ issuers, outbound: {} }), /secretsmanager/);

test("the exchange is told where issuers of users say that logins have ended, in the order of their names", () => {
  expect(configOf(ISSUERS).signals).toEqual([
    { issuer: "https://a.acme.example", ...OTHER.signals },
    { issuer: "https://login.acme.example", ...SIGNALS },
  ]);
});

test("it is told nothing where no issuer says so, and the registry tells of none", () => {
  expect(configOf([LOGIN]).signals).toBeUndefined();
  expect(platformWith({ issuers: ISSUERS }).trust.issuers.map((issuer) => Object.keys(issuer))).toEqual([
    ["issuer", "jwksUri", "algorithms"],
    ["issuer", "jwksUri", "algorithms"],
  ]);
});

test("its role may read the secrets of the clients that it asks as, and no other", () => {
  expect(secretsOf(ISSUERS)).toEqual([{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET }]);
  expect(secretsOf([OTHER])).toEqual([]);
});

const declared = (changes: object) => () =>
  new Platform({ ...facts, issuers: [{ ...LOGIN, signals: untyped({ ...SIGNALS, ...changes }) }] });

test.each<readonly [what: string, changes: object, code: string, message: string]>([
  [
    "are fetched without TLS",
    { poll: "http://login.acme.example/poll" },
    "platform.malformed",
    'issuers[0].signals.poll must be an https address without user and fragment, got "http://login.acme.example/poll"',
  ],
  ["are for an empty audience", { audience: "" }, "platform.malformed", "issuers[0].signals.audience"],
  [
    "are asked for with a token that is got without TLS",
    { tokenEndpoint: "http://login.acme.example/token" },
    "platform.malformed",
    "issuers[0].signals.tokenEndpoint must be an https address without user and fragment",
  ],
  [
    "are asked for with scopes that are none",
    { scope: "a  b" },
    "platform.malformed",
    'issuers[0].signals.scope must be scopes, parted by single spaces, got "a  b"',
  ],
  [
    "are asked for with a secret itself",
    { client: { id: "ambit", secret: "hunter2" } },
    "platform.malformed",
    "issuers[0].signals.client.secret must be the ARN of a secret with its last six characters",
  ],
  [
    "are asked for with a secret of another account",
    { client: { id: "ambit", secret: SECRET.replace("111122223333", "999999999999") } },
    "platform.malformed",
    "issuers[0].signals.client.secret must be in eu-central-1 and in one of the accounts",
  ],
  ["are pushed", { push: "https://exchange.example" }, "property.unknown", "push"],
])("fails when signals %s", (_, changes, code, message) => {
  const error = refusal(declared(changes));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});
