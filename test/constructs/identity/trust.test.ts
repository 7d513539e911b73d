import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { RolesanywhereProfile } from "@cdktf/provider-aws/lib/rolesanywhere-profile";
import { RolesanywhereTrustAnchor } from "@cdktf/provider-aws/lib/rolesanywhere-trust-anchor";
import { Agent } from "../../../constructs";
import { OidcTrust } from "../../../constructs/identity/oidc-trust";
import { RolesAnywhereTrust } from "../../../constructs/identity/roles-anywhere-trust";
import { pages, specWith } from "../../support/agents";
import { newStack, platformWith, Template } from "../../support/synth";

const ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/0a0a0a0a-0000-4000-8000-000000000001";
const CA = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/0a0a0a0a-0000-4000-8000-000000000002";

test("OidcTrust believes the platform's issuer for one audience", () => {
  const stack = newStack();
  const trust = new OidcTrust(stack, "Oidc");
  expect(trust.providerArn).toBe("arn:aws:iam::111122223333:oidc-provider/oidc.prod.acme.example");
  expect(Template.of(stack).only(IamOpenidConnectProvider)).toEqual({
    url: "https://oidc.prod.acme.example",
    client_id_list: ["sts.amazonaws.com"],
  });
});

test("RolesAnywhereTrust anchors on a private CA", () => {
  const stack = newStack();
  new RolesAnywhereTrust(stack, "Anchor", { certificateAuthority: CA });
  expect(Template.of(stack).only(RolesanywhereTrustAnchor)).toEqual({
    name: "ambit-prod",
    enabled: true,
    source: { source_type: "AWS_ACM_PCA", source_data: { acm_pca_arn: CA } },
  });
});

test("fails when the anchor is no private CA", () => {
  expect(() => new RolesAnywhereTrust(newStack(), "Anchor", { certificateAuthority: "pem" })).toThrow(
    '[test/Anchor]: certificateAuthority must be an AWS Private CA, or its ARN, got "pem"',
  );
});

test.each([
  [false, true],
  [true, false],
])("RolesAnywhereProfile of an agent (suspended: %s) names its one role and is enabled: %s", (suspended, enabled) => {
  const stack = newStack(
    platformWith({
      aws: {
        account: "111122223333",
        region: "eu-central-1",
        rolesAnywhere: { trustAnchorArn: ANCHOR },
        network: { none: { reason: "a test", egressCidrs: ["203.0.113.0/24"] } },
      },
    }),
  );
  const tasks = { read: { startedBy: "schedule", data: [pages.read()] } } as const;
  new Agent(stack, "fed", specWith({ credentials: { federated: "roles-anywhere" }, tasks, suspended }));
  expect(Template.of(stack).only(RolesanywhereProfile)).toEqual({
    name: "prod_fed_read",
    role_arns: ["arn:aws:iam::111122223333:role/ambit/agents/prod/prod.fed.read"],
    duration_seconds: 3600,
    enabled,
  });
});
