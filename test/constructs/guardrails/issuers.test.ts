import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { stacksTogether } from "../../../constructs/guardrails/stacks-together";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { refusal } from "../../support/domain";
import { CLOCK, newStack, platformWith, Template } from "../../support/synth";

const JUDGED = ["AMBIT-TRUST-ISSUER", "AMBIT-IAM-BOUNDARY-MISSING"];
const rules = RULES.filter(({ id }) => JUDGED.includes(id));

const OWN = "https://oidc.prod.acme.example";
const CLUSTER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";
const FOREIGN = "oidc.eks.eu-central-1.amazonaws.com/id/EVIL000000000000";

function provider(url: string): BlockBody {
  return { resource: { aws_iam_openid_connect_provider: { it: { url, client_id_list: ["sts.amazonaws.com"] } } } };
}

function spire(issuer: unknown): BlockBody {
  const configuration = { server: { jwt_issuer: issuer }, plugins: { KeyManager: { aws_kms: {} } } };
  const data = { "server.conf": JSON.stringify(configuration) };
  return { resource: { kubernetes_config_map_v1: { it: { metadata: { name: "spire" }, data } } } };
}

function trust(issuer: string, account: string): string {
  const StringEquals = {
    [`${issuer}:aud`]: "sts.amazonaws.com",
    [`${issuer}:sub`]: `system:serviceaccount:${account}`,
  };
  const Principal = { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` };
  const Statement = [
    { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal, Condition: { StringEquals } },
  ];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const policy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-policies/bundle.tar.gz" }],
});

function component(name: "gateway" | "opa", issuer: string): BlockBody {
  const role = {
    name: `ambit-prod-${name}`,
    path: "/ambit/platform/",
    assume_role_policy: trust(issuer, `ambit-system:ambit-${name}`),
  };
  return {
    resource: {
      aws_iam_role: { it: role },
      aws_iam_role_policy: { it: { role: "${aws_iam_role.it.name}", policy } },
    },
  };
}

function foundIn(...documents: readonly BlockBody[]): readonly string[] {
  const stacks = stacksTogether(documents.map((json, index) => [`s${index}`, [json]] as const));
  return stacks.flatMap((stack) =>
    judgeStack(stack, { rules, now: CLOCK.now() }).refused.map(({ id, stack: name }) => `${name} ${id}`),
  );
}

describe("in a folder", () => {
  test.each([
    ["SPIRE of another stack names the provider's issuer", [provider(OWN), spire(OWN)], []],
    ["no SPIRE is there", [provider(OWN)], [`s0 AMBIT-TRUST-ISSUER[url::${OWN}]`]],
    [
      "SPIRE has another issuer",
      [provider(OWN), spire("https://evil.example")],
      [`s0 AMBIT-TRUST-ISSUER[url::${OWN}]`],
    ],
    [
      "two SPIREs have an issuer each",
      [provider("https://evil.example"), spire(OWN), spire("https://evil.example")],
      ["s0 AMBIT-TRUST-ISSUER[url::https://evil.example]"],
    ],
    ["SPIRE's issuer is no text", [provider("https://"), spire(7)], ["s0 AMBIT-TRUST-ISSUER[url::https://]"]],
    ["components of all stacks trust one cluster", [component("opa", CLUSTER), component("gateway", CLUSTER)], []],
    [
      "a component of one stack trusts another cluster",
      [component("opa", CLUSTER), component("gateway", FOREIGN)],
      ["s0 AMBIT-IAM-BOUNDARY-MISSING[permissions_boundary]", "s1 AMBIT-IAM-BOUNDARY-MISSING[permissions_boundary]"],
    ],
    [
      "a provider takes the cluster that a component's role names",
      [component("opa", CLUSTER), provider(`https://${CLUSTER}`)],
      [`s1 AMBIT-TRUST-ISSUER[url::https://${CLUSTER}]`],
    ],
  ] as const)("where %s", (_, documents, found) => {
    expect(foundIn(...documents)).toEqual(found);
  });
});

describe("at synth", () => {
  const platform = platformWith();

  function withRole(issuer: string): ReturnType<typeof newStack> {
    const stack = newStack(platform);
    const role = new IamRole(stack, "Gateway", {
      name: "ambit-prod-gateway",
      path: "/ambit/platform/",
      assumeRolePolicy: trust(issuer, "ambit-system:ambit-gateway"),
    });
    new IamRolePolicy(stack, "Access", { role: role.name, policy });
    return stack;
  }

  function withProvider(url: string): ReturnType<typeof newStack> {
    const stack = newStack(platform);
    new IamOpenidConnectProvider(stack, "Oidc", { url, clientIdList: ["sts.amazonaws.com"] });
    return stack;
  }

  const withoutScheme = (issuer: string): string => issuer.replace("https://", "");

  test("a component is one by the platform's own cluster", () => {
    expect(() => Template.of(withRole(withoutScheme(platform.cluster.oidcIssuer)))).not.toThrow();
  });

  test.each([
    ["another cluster", FOREIGN],
    ["the platform's SPIRE, whose tokens name other subjects", withoutScheme(platform.issuer)],
  ])("fails when a component's role is for a service account of %s", (_, issuer) => {
    const { message } = refusal(() => Template.of(withRole(issuer)));
    expect(message).toContain("AMBIT-IAM-BOUNDARY-MISSING[permissions_boundary] at aws_iam_role.Gateway");
  });

  test.each([
    ["SPIRE", platform.issuer],
    ["cluster", platform.cluster.oidcIssuer],
  ])("an account may trust the platform's own %s", (_, url) => {
    expect(() => Template.of(withProvider(url))).not.toThrow();
  });

  test("fails when an account trusts another issuer", () => {
    const { message } = refusal(() => Template.of(withProvider(`${platform.issuer}.evil.example`)));
    expect(message).toContain(`AMBIT-TRUST-ISSUER[url::${platform.issuer}.evil.example]`);
  });
});
