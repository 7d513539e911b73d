import { refuse, shown } from "../../domain";
import { partitionOf } from "../platform/platform-checks";
import type { Plugin } from "./private/plugin";

export interface S3BundleProps {
  readonly region: string;
  readonly bucket: string;
  readonly objectKey: string;
  /**
   * `jwks` for verifiers of JWT-SVIDs, `spiffe` and `pem` for those of X.509-SVIDs.
   *
   * @default "spiffe"
   */
  readonly format?: "jwks" | "pem" | "spiffe";
}

export interface RolesAnywhereBundleProps {
  /** ARN of a trust anchor whose source is a certificate bundle */
  readonly trustAnchorArn: string;
}

/** Where SPIRE puts the keys by which its SVIDs are verified, besides the ConfigMap that agents start from. */
export class BundlePublisher {
  private constructor(
    /** The plugin as SPIRE reads it */
    public readonly plugin: Plugin,
    /** What the server's role must be allowed to write */
    public readonly writes: { readonly bundleObjectArn: string } | { readonly trustAnchorArn: string },
    /** Whether it holds too few CAs for servers that each sign their own */
    public readonly needsUpstreamAuthority: boolean,
  ) {}

  /**
   * An object in a bucket.
   *
   * @throws DeclarationError `spire.malformed`
   */
  public static s3(props: S3BundleProps): BundlePublisher {
    const { region, bucket, objectKey, format = "spiffe" } = props;
    if (objectKey === "" || objectKey.startsWith("/")) {
      const what = "objectKey must be the key of an object without a leading slash";
      refuse("spire.malformed", "bundle publisher", `${what}, got ${shown(objectKey)}`);
    }
    const data = { region, bucket, object_key: objectKey, format };
    const bundleObjectArn = `arn:${partitionOf(region)}:s3:::${bucket}/${objectKey}`;
    return new BundlePublisher({ type: "BundlePublisher", name: "aws_s3", data }, { bundleObjectArn }, false);
  }

  /**
   * The trust anchor of IAM Roles Anywhere. It holds two CAs at most, so servers that sign their own do not fit: an
   * upstream authority is needed.
   *
   * @throws DeclarationError `spire.malformed`
   */
  public static rolesAnywhere({ trustAnchorArn }: RolesAnywhereBundleProps): BundlePublisher {
    const match = /^arn:aws[a-z-]*:rolesanywhere:([a-z0-9-]+):\d{12}:trust-anchor\/([0-9a-f-]{36})$/.exec(
      trustAnchorArn,
    );
    if (match === null) {
      const what = "trustAnchorArn must be the ARN of a trust anchor, which ends in its UUID";
      refuse("spire.malformed", "bundle publisher", `${what}, got ${shown(trustAnchorArn)}`);
    }
    const data = { region: match[1] as string, trust_anchor_id: match[2] as string };
    const plugin = { type: "BundlePublisher", name: "aws_rolesanywhere_trustanchor", data } as const;
    return new BundlePublisher(plugin, { trustAnchorArn }, true);
  }
}
