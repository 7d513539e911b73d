import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import type { PlatformProps } from "../../../constructs";
import { TokenExchange, TokenExchangeFunction } from "../../../constructs/exchange";
import { exchangeRights } from "../../support/exchange/exchange-role";
import { waysOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbCdEf`;
const PLATFORM = {
  people: {
    issuer: "https://login.acme.example",
    jwksUri: "https://login.acme.example/keys",
    clientId: "ambit-approvals",
    operators: [],
    host: "approvals.acme.example",
    notify: { host: "hooks.slack.com", secret: secret("slack"), format: "slack", cidrs: ["198.51.100.0/24"] },
  },
  approvers: {
    leads: {
      clearance: "internal",
      notify: { host: "notices.acme.example", secret: secret("leads"), cidrs: ["192.0.2.0/24", "198.51.100.0/24"] },
    },
    "finance-controllers": { clearance: "restricted" },
    "support-leads": { clearance: "restricted" },
  },
} as const satisfies Partial<PlatformProps>;
const KEYS = { keyCidrs: ["203.0.113.0/24"] };
const PAGE = { approverPage: { certificate: "ambit-approvals-tls" } };

function deployed(platform: Partial<PlatformProps>): Template {
  const stack = newStack(platformWith(platform));
  new TokenExchange(stack, "Exchange", { ...KEYS, ...PAGE });
  return Template.of(stack);
}

const to443 = (template: Template) =>
  waysOf(template.only(NetworkPolicyV1)).out.filter((way) => /^(198|192\.0|203)\S+ TCP\/443$/.test(way));

test("the exchange reaches the declared ranges at 443, and no more where no one is told", () => {
  expect(to443(deployed(PLATFORM))).toEqual([
    "203.0.113.0/24 TCP/443",
    "192.0.2.0/24 TCP/443",
    "198.51.100.0/24 TCP/443",
  ]);
  const { notify: _, ...people } = PLATFORM.people;
  expect(to443(deployed({ people }))).toEqual(["203.0.113.0/24 TCP/443"]);
});

test("the exchange's role may read exactly the secrets that are named", () => {
  expect(exchangeRights(platformWith({ ...PLATFORM, outbound: {} }), /secretsmanager/)).toEqual([
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret("leads"), secret("slack")] },
  ]);
});

test("fails when approvers are told, and the page that notices link to is not served", () => {
  expect(() => new TokenExchange(newStack(platformWith(PLATFORM)), "Exchange", KEYS)).toThrow(
    "approverPage must be served where approvers are told of requests (by notices.acme.example), got undefined: write approverPage, or leave notify out of the platform",
  );
});

test("fails when approvers are told, and the exchange is a function", () => {
  const certificate = "arn:aws:acm:eu-central-1:111122223333:certificate/a";
  const made = () => new TokenExchangeFunction(newStack(platformWith(PLATFORM)), "Exchange", { certificate });
  expect(made).toThrow(
    "approvers are told of requests (by notices.acme.example), which an exchange in Lambda cannot do: use TokenExchange alone, or leave notify out of the platform",
  );
});
