import { join } from "node:path";
import { BundlePublisher, UpstreamAuthority } from "../../../constructs/spire";
import type { Check, Suite } from "../harness/suite";
import { readDistributions } from "./account/documents";
import { checkPublished, expectedAccount, same } from "./account/expected";
import { readRoles } from "./account/iam";
import { synthesize } from "./app";
import { ANCHOR } from "./account-checks";
import { type Deployed, noteIgnored } from "./deploy-checks";
import { NOT_IN_MOTO, withoutHashes } from "./rehearsal";
import { type Engine, inWords, only, type PlannedChange } from "./terraform";

const PUBLISHED = {
  oidc: { certificate: "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-4000-8000-000000000001" },
  upstreamAuthority: UpstreamAuthority.awsPrivateCa({
    region: "eu-central-1",
    certificateAuthorityArn:
      "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-4000-8000-000000000002",
  }),
  publishers: [BundlePublisher.rolesAnywhere({ trustAnchorArn: ANCHOR })],
};

const ACCESS = "aws_iam_role_policy.Spire_Role_Access";
/** What the bucket behind CloudFront is made of, by address without its hash */
const DOCUMENTS = [
  "aws_cloudfront_cache_policy.Spire_OidcDocuments_Cache",
  "aws_cloudfront_distribution.Spire_OidcDocuments_Distribution",
  "aws_cloudfront_origin_access_control.Spire_OidcDocuments_OriginAccess",
  "aws_s3_bucket.Spire_OidcDocuments",
  "aws_s3_bucket_ownership_controls.Spire_OidcDocuments_Ownership",
  "aws_s3_bucket_policy.Spire_OidcDocuments_Policy",
  "aws_s3_bucket_public_access_block.Spire_OidcDocuments_PublicAccess",
  "aws_s3_bucket_server_side_encryption_configuration.Spire_OidcDocuments_Encryption",
  "aws_s3_bucket_versioning.Spire_OidcDocuments_Versioning",
  "aws_s3_object.Spire_OidcDocuments_Discovery",
];
const LACKING = "aws_cloudfront_cache_policy.Spire_OidcDocuments_Cache";
/** Planned, because it is left out of what was applied */
const INSTANCES = [
  "aws_rds_cluster_instance.Spire_Database_Instance1",
  "aws_rds_cluster_instance.Spire_Database_Instance2",
];

/** SPIRE with its documents in a bucket, a private CA upstream and a trust anchor, beside the deployed database. */
export function publishChecks(
  suite: Suite,
  name: Engine["name"],
  { world, folder, outdir, workspaces, spire }: Deployed,
  after: Check,
): Check {
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: SPIRE that publishes: ${text}`, needs, act);

  const planned = check("is planned", [world, workspaces, spire, after], async ([{ network }, made], note) => {
    const aws = { rolesAnywhere: { trustAnchorArn: ANCHOR } };
    const out = synthesize(join(folder, "published"), { network, aws, spire: PUBLISHED });
    made.use("spire", out, "plan");
    const plan = await made.of("spire").planShown();
    const expected = [
      ...DOCUMENTS.map((address) => `create ${address}`),
      ...[ACCESS, ...INSTANCES].map((address) => `update ${address}`),
    ];
    same(withoutHashes(inWords(plan)), expected.sort(), "plan");
    checkCloudFront(plan);
    note(`planned only: ${LACKING} (${NOT_IN_MOTO.resources.aws_cloudfront_cache_policy})`);
    note(`planned only: ca_cert_identifier (${NOT_IN_MOTO.attributes.aws_rds_cluster_instance?.ca_cert_identifier})`);
    return out;
  });
  const applied = check("applies, and a second plan is empty", [workspaces, planned], async ([made, out], note) => {
    const copy = made.use("spire", out);
    await made.of("spire").apply();
    await made.of("spire").planIsEmpty();
    for (const [type, id] of Object.entries(NOT_IN_MOTO.standIns)) note(`${id} stands in for the id of the ${type}`);
    noteIgnored(copy, note);
  });
  const read = check(
    "role, bucket, documents and distribution are the handwritten ones",
    [world, applied],
    async ([{ connection, network }]) => {
      const { published } = await expectedAccount(connection, network, true);
      if (published === undefined) throw new Error("the table must say what is published");
      const roles = await readRoles(connection);
      same(roles["ambit-prod-spire-server"]?.inline["spire-server"], published.access, "access of the servers");
      await checkPublished(connection, published);
    },
  );
  return check(
    "going back destroys only that",
    [world, outdir, workspaces, applied, read],
    async ([{ connection }, before, made]) => {
      made.use("spire", before);
      const gone = DOCUMENTS.filter((address) => address !== LACKING).map((address) => `delete ${address}`);
      same(withoutHashes(await made.of("spire").plan()), [...gone, `update ${ACCESS}`], "plan");
      await made.of("spire").applyPlanned();
      await made.of("spire").planIsEmpty();
      same(await readDistributions(connection), [], "distributions");
    },
  );
}

function checkCloudFront(plan: readonly PlannedChange[]): void {
  const { after: cache } = only(plan, "aws_cloudfront_cache_policy.");
  same([cache.min_ttl, cache.default_ttl, cache.max_ttl], [0, 60, 60], "lifetimes in the cache");
  const { after: distribution } = only(plan, "aws_cloudfront_distribution.");
  const [certificate] = distribution.viewer_certificate as readonly Record<string, unknown>[];
  same(
    [certificate?.acm_certificate_arn, certificate?.minimum_protocol_version, certificate?.ssl_support_method],
    [PUBLISHED.oidc.certificate, "TLSv1.2_2021", "sni-only"],
    "certificate of the distribution",
  );
  const [behavior] = distribution.default_cache_behavior as readonly Record<string, unknown>[];
  same(
    [behavior?.viewer_protocol_policy, behavior?.allowed_methods, behavior?.compress],
    ["https-only", ["GET", "HEAD"], false],
    "behavior of the distribution",
  );
}
