import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { answersOf } from "./boto";
import type { Connection } from "./connection";

interface Distribution {
  readonly Id: string;
  readonly ARN: string;
}

/** Every CloudFront distribution, its ARN first. */
export async function readDistributions(connection: Connection): Promise<readonly Distribution[]> {
  const [answer] = (await answersOf(connection, [["cloudfront", "list_distributions"]])) as readonly {
    readonly DistributionList: { readonly Items?: readonly Distribution[] };
  }[];
  return answer?.DistributionList.Items ?? [];
}

/** What moto keeps of a distribution. */
export async function readDistribution(connection: Connection, Id: string): Promise<unknown> {
  const [answer] = (await answersOf(connection, [["cloudfront", "get_distribution_config", { Id }]])) as readonly {
    readonly DistributionConfig: {
      readonly Enabled: boolean;
      readonly Aliases: { readonly Items: readonly string[] };
      readonly Origins: { readonly Items: readonly { readonly DomainName: string }[] };
      readonly DefaultCacheBehavior: {
        readonly ViewerProtocolPolicy: string;
        readonly AllowedMethods: { readonly Items: readonly string[] };
      };
      readonly ViewerCertificate: Readonly<Record<string, unknown>>;
    };
  }[];
  const config = answer?.DistributionConfig;
  return {
    enabled: config?.Enabled,
    aliases: config?.Aliases.Items,
    origins: config?.Origins.Items.map(({ DomainName }) => DomainName),
    protocol: config?.DefaultCacheBehavior.ViewerProtocolPolicy,
    methods: config?.DefaultCacheBehavior.AllowedMethods.Items,
    certificate: config?.ViewerCertificate.ACMCertificateArn,
    leastTls: config?.ViewerCertificate.MinimumProtocolVersion,
  };
}

/** How CloudFront proves itself to origins, by name. */
export async function readOriginAccess(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const [answer] = (await answersOf(connection, [["cloudfront", "list_origin_access_controls"]])) as readonly {
    readonly OriginAccessControlList: { readonly Items?: readonly Readonly<Record<string, string>>[] };
  }[];
  const items = answer?.OriginAccessControlList.Items ?? [];
  return Object.fromEntries(
    items.map(({ Name, SigningBehavior, SigningProtocol, OriginAccessControlOriginType }) => [
      Name,
      `${OriginAccessControlOriginType} ${SigningBehavior} ${SigningProtocol}`,
    ]),
  );
}

/** An object as a reader gets it. */
export async function readObject(
  connection: Connection,
  Bucket: string,
  Key: string,
): Promise<{ readonly type: string | undefined; readonly text: string | undefined }> {
  const s3 = new S3Client({ ...connection, forcePathStyle: true });
  const { ContentType, Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return { type: ContentType, text: await Body?.transformToString() };
}
