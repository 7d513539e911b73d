import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Construct } from "constructs";
import { PolicyDocument } from "../../iam";
import { CERTIFICATE, type CertificateInput } from "../aws/certificate";
import { ROLE, type RoleInput } from "../aws/role";
import type { Platform } from "../platform/platform";
import { overTlsOnly, privateBucket } from "../platform/private-bucket";
import { platformOf } from "../platform/scope";

/** Longest that the internet sees a key after it was taken out, in seconds */
const LONGEST_CACHED = 60;

/** Where CloudFront looks for certificates */
const CLOUDFRONT_REGION = "us-east-1";

export interface OidcDocumentsProps {
  /** ACM certificate of the issuer's host, of the platform's account and in us-east-1, where CloudFront looks for it */
  readonly certificate: CertificateInput;
  /** Role of the SPIRE servers, which alone may write the keys */
  readonly publisherRole: RoleInput;
}

/**
 * The issuer without a running provider: a private bucket behind CloudFront. Terraform writes the discovery document,
 * the SPIRE servers write the keys.
 */
export class OidcDocuments extends Construct {
  public readonly bucketName: string;
  /** Key of the object that the servers write */
  public readonly objectKey: string;
  public readonly objectArn: string;
  /** Known after apply: the host of the issuer must be an alias of it in DNS */
  public readonly distributionDomainName: string;

  /** @throws DeclarationError `spire.malformed` */
  constructor(scope: Construct, id: string, props: OidcDocumentsProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    const asked = { where, code: "spire.malformed" } as const;
    const certificateArn = CERTIFICATE.arnOf(props.certificate, {
      ...asked,
      property: "certificate",
      region: CLOUDFRONT_REGION,
      account: platform.account,
      why: "where CloudFront looks for it",
    });
    const publisher = ROLE.arnOf(props.publisherRole, { ...asked, property: "publisherRole" });
    const { hostname, pathname } = new URL(platform.issuer);
    const folder = pathname === "/" ? "" : `${pathname.slice(1)}/`;
    const name = `ambit-oidc-${platform.name}-${platform.account}`;
    const arn = `arn:${platform.partition}:s3:::${name}`;
    const discoveryKey = `${folder}.well-known/openid-configuration`;
    this.bucketName = name;
    this.objectKey = `${folder}keys`;
    this.objectArn = `${arn}/${this.objectKey}`;

    const { bucket, versioning, encryption, block } = privateBucket(this, {
      name,
      // By S3 itself: what it holds is public, and CloudFront needs no key to read it.
      encryption: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
    });
    new S3Object(this, "Discovery", {
      bucket,
      key: discoveryKey,
      content: discoveryDocument(platform.issuer),
      contentType: "application/json",
      dependsOn: [versioning, encryption],
    });
    const distribution = this.makeDistribution(platform, { name, hostname, certificateArn });
    this.distributionDomainName = distribution.domainName;
    const access = bucketAccess(arn, {
      distribution: distribution.arn,
      objects: [`${arn}/${discoveryKey}`, this.objectArn],
      keys: this.objectArn,
      publisher,
    });
    new S3BucketPolicy(this, "Policy", { bucket, policy: access.toTerraform(), dependsOn: [block] });
  }

  private makeDistribution(
    platform: Platform,
    {
      name,
      hostname,
      certificateArn,
    }: { readonly name: string; readonly hostname: string; readonly certificateArn: string },
  ): CloudfrontDistribution {
    const origin = new CloudfrontOriginAccessControl(this, "OriginAccess", {
      name,
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const cache = new CloudfrontCachePolicy(this, "Cache", {
      name,
      minTtl: 0,
      defaultTtl: LONGEST_CACHED,
      maxTtl: LONGEST_CACHED,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    });
    return new CloudfrontDistribution(this, "Distribution", {
      comment: `Ambit: OIDC issuer of ${platform.name}`,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      aliases: [hostname],
      origin: [
        {
          originId: "bucket",
          domainName: `${name}.s3.${platform.region}.amazonaws.com`,
          originAccessControlId: origin.id,
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "bucket",
        allowedMethods: ["GET", "HEAD"],
        cachedMethods: ["GET", "HEAD"],
        viewerProtocolPolicy: "https-only",
        cachePolicyId: cache.id,
        compress: false,
      },
      // AWS and other verifiers ask from wherever they are.
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: {
        acmCertificateArn: certificateArn,
        minimumProtocolVersion: "TLSv1.2_2021",
        sslSupportMethod: "sni-only",
      },
    });
  }
}

/** As SPIRE's own provider serves it (SPIRE, support/oidc-discovery-provider/handler.go), with the one algorithm in use. */
export function discoveryDocument(issuer: string): string {
  const document = {
    issuer,
    jwks_uri: `${issuer}/keys`,
    authorization_endpoint: "",
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

interface BucketAccess {
  readonly distribution: string;
  readonly objects: readonly string[];
  readonly keys: string;
  readonly publisher: string;
}

/**
 * CloudFront reads two objects. A principal that can write the keys can forge every agent's SVID, so only the servers
 * may.
 */
function bucketAccess(bucketArn: string, { distribution, objects, keys, publisher }: BucketAccess): PolicyDocument {
  return PolicyDocument.of([
    ...overTlsOnly(bucketArn).statements,
    {
      Sid: "KeysFromServersOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: keys,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": publisher } },
    },
    {
      Sid: "CloudFront",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: objects,
      Condition: { StringEquals: { "aws:SourceArn": distribution } },
    },
  ]);
}
