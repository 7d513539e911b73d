import { refuse, shown } from "../../domain";
import { lastPart } from "../../iam/sets/last-part";
import { TRUST_ANCHOR } from "../aws/trust-anchor";
import { partitionOf } from "../platform/platform-checks";
import type { Plugin } from "./private/plugin";
import type { SpireServerRoleProps } from "./spire-server-role";

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
  /** ARN, known at synth, of a trust anchor whose source is a certificate bundle */
  readonly trustAnchorArn: string;
}

/** Where SPIRE puts the keys by which its SVIDs are verified, besides the ConfigMap that agents start from. */
export class BundlePublisher {
  private constructor(
    /** The plugin as SPIRE reads it */
    public readonly plugin: Plugin,
    /** What the server's role must be allowed to write */
    public readonly writes: Pick<SpireServerRoleProps, "bundleObject" | "trustAnchor">,
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
    const bundleObject = `arn:${partitionOf(region)}:s3:::${bucket}/${objectKey}`;
    return new BundlePublisher({ type: "BundlePublisher", name: "aws_s3", data }, { bundleObject }, false);
  }

  /**
   * The trust anchor of IAM Roles Anywhere. It holds two CAs at most, so servers that sign their own do not fit: an
   * upstream authority is needed.
   *
   * @throws DeclarationError `spire.malformed`, and `token` for an ARN that is known after apply
   */
  public static rolesAnywhere({ trustAnchorArn }: RolesAnywhereBundleProps): BundlePublisher {
    const { region, resource } = TRUST_ANCHOR.known(trustAnchorArn, {
      property: "trustAnchorArn",
      where: "bundle publisher",
      code: "spire.malformed",
    });
    const data = { region, trust_anchor_id: lastPart(resource) };
    const plugin = { type: "BundlePublisher", name: "aws_rolesanywhere_trustanchor", data } as const;
    return new BundlePublisher(plugin, { trustAnchor: trustAnchorArn }, true);
  }
}
