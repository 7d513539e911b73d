import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { TerraformOutput } from "cdktf";
import { OidcDocuments, type OidcDocumentsProps } from "../../../constructs/spire/oidc-documents";
import { fails } from "../../support/domain";
import { newStack, platformWith, statementsOf, Template } from "../../support/synth";

const CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001";
const ROLE = "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-server";
const BUCKET = "ambit-oidc-prod-111122223333";

function documents(changes: Partial<OidcDocumentsProps> = {}, platform = platformWith()) {
  const stack = newStack(platform);
  const made = new OidcDocuments(stack, "Oidc", {
    certificate: CERTIFICATE,
    publisherRole: ROLE,
    ...changes,
  });
  return { made, stack };
}
const synthesized = (platform = platformWith()): Template => Template.of(documents({}, platform).stack);

test("OidcDocuments has Terraform write the discovery document, and leaves the keys to the servers", () => {
  const object = synthesized().only(S3Object);
  expect(object).toMatchObject({ key: ".well-known/openid-configuration", content_type: "application/json" });
  expect(JSON.parse(object.content as string)).toEqual({
    issuer: "https://oidc.prod.acme.example",
    jwks_uri: "https://oidc.prod.acme.example/keys",
    authorization_endpoint: "",
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  });
  const { made, stack } = documents();
  expect([made.bucketName, made.objectKey, made.objectArn]).toEqual([BUCKET, "keys", `arn:aws:s3:::${BUCKET}/keys`]);
  new TerraformOutput(stack, "Domain", { value: made.distributionDomainName });
  expect(JSON.stringify(Template.of(stack).json)).toMatch(
    /"Domain":\{"value":"\$\{aws_cloudfront_distribution\.Oidc_Distribution_\w+\.domain_name\}"/,
  );
});

test("an issuer with a path has its documents in that folder", () => {
  const { made, stack } = documents({}, platformWith({ issuer: "https://oidc.acme.example/prod/agents" }));
  expect([made.objectKey, made.objectArn]).toEqual(["prod/agents/keys", `arn:aws:s3:::${BUCKET}/prod/agents/keys`]);
  const template = Template.of(stack);
  const object = template.only(S3Object);
  expect(object.key).toBe("prod/agents/.well-known/openid-configuration");
  expect(JSON.parse(object.content as string)).toMatchObject({
    issuer: "https://oidc.acme.example/prod/agents",
    jwks_uri: "https://oidc.acme.example/prod/agents/keys",
  });
  expect(template.only(CloudfrontDistribution).aliases).toEqual(["oidc.acme.example"]);
});

test("its bucket is private, versioned and encrypted by S3, so that CloudFront needs no key", () => {
  const template = synthesized();
  expect(template.only(S3Bucket)).toMatchObject({
    bucket: BUCKET,
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(template.only(S3BucketPublicAccessBlock)).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(template.only(S3BucketOwnershipControls)).toMatchObject({
    rule: { object_ownership: "BucketOwnerEnforced" },
  });
  expect(template.only(S3BucketVersioningA)).toMatchObject({ versioning_configuration: { status: "Enabled" } });
  expect(template.only(S3BucketServerSideEncryptionConfigurationA)).toMatchObject({
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } }],
  });
});

test("CloudFront reads two objects, the servers write one, and old TLS is refused", () => {
  const arn = `arn:aws:s3:::${BUCKET}`;
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [arn, `${arn}/*`] };
  expect(statementsOf(synthesized().only(S3BucketPolicy).policy)).toEqual([
    { Sid: "PlainHttp", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "OldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
    {
      Sid: "KeysFromServersOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${arn}/keys`,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": ROLE } },
    },
    {
      Sid: "CloudFront",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: [`${arn}/.well-known/openid-configuration`, `${arn}/keys`],
      Condition: {
        StringEquals: {
          "aws:SourceArn": expect.stringMatching(/^\$\{aws_cloudfront_distribution\.Oidc_Distribution_\w+\.arn\}$/),
        },
      },
    },
  ]);
});

test("it is read over TLS 1.2 or newer, and a key that was taken out is gone within a minute", () => {
  const template = synthesized();
  expect(template.only(CloudfrontDistribution)).toMatchObject({
    enabled: true,
    aliases: ["oidc.prod.acme.example"],
    origin: [{ domain_name: `${BUCKET}.s3.eu-central-1.amazonaws.com` }],
    default_cache_behavior: {
      allowed_methods: ["GET", "HEAD"],
      cached_methods: ["GET", "HEAD"],
      viewer_protocol_policy: "https-only",
    },
    viewer_certificate: {
      acm_certificate_arn: CERTIFICATE,
      minimum_protocol_version: "TLSv1.2_2021",
      ssl_support_method: "sni-only",
    },
  });
  expect(template.only(CloudfrontCachePolicy)).toMatchObject({
    min_ttl: 0,
    default_ttl: 60,
    max_ttl: 60,
    parameters_in_cache_key_and_forwarded_to_origin: {
      cookies_config: { cookie_behavior: "none" },
      headers_config: { header_behavior: "none" },
      query_strings_config: { query_string_behavior: "none" },
    },
  });
  expect(template.only(CloudfrontOriginAccessControl)).toMatchObject({
    origin_access_control_origin_type: "s3",
    signing_behavior: "always",
    signing_protocol: "sigv4",
  });
});

test("it can be destroyed only on a platform that gave up its data", () => {
  expect(synthesized(platformWith({ protectData: false })).only(S3Bucket)).toMatchObject({
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
});

const malformed = (when: string, changes: Partial<OidcDocumentsProps>, message: string): void =>
  fails(when, () => documents(changes), "spire.malformed", `[test/Oidc]: ${message}`);

const must =
  "certificate must be a certificate of ACM in region us-east-1 and account 111122223333, where CloudFront looks for it, got ";
const elsewhere = CERTIFICATE.replace("us-east-1", "eu-central-1");
const foreign = CERTIFICATE.replace("111122223333", "444455556666");
malformed("the certificate is in another region", { certificate: elsewhere }, `${must}"${elsewhere}"`);
malformed("the certificate is of another account", { certificate: foreign }, `${must}"${foreign}"`);
malformed(
  "any role may publish",
  { publisherRole: "arn:aws:iam::111122223333:role/*" },
  'publisherRole must be a role of IAM, or its ARN, got "arn:aws:iam::111122223333:role/*": write one such as "arn:aws:iam::111122223333:role/on-call"',
);
