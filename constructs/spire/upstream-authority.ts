import { refuse, shown, TrustDomain } from "../../domain";
import { CERTIFICATE_AUTHORITY } from "../aws/certificate-authority";
import type { JsonObject } from "./private/json";
import { SERVER } from "./private/paths";
import type { Plugin } from "./private/plugin";

export interface AwsPrivateCaProps {
  /** ARN, known at synth, of the AWS Private CA that signs SPIRE's CAs */
  readonly certificateAuthorityArn: string;
  /** Region of the private CA */
  readonly region: string;
  /**
   * How many CAs may stand below SPIRE's; more than 0 is for nested SPIRE.
   *
   * @default 0
   */
  readonly pathLength?: 0 | 1 | 2 | 3;
}

export interface UpstreamSpireProps {
  /** DNS name of the upstream server */
  readonly serverAddress: string;
  /**
   * Port of the upstream server.
   *
   * @default 8081
   */
  readonly serverPort?: number;
  /** CSI driver that mounts the Workload API of the upstream's own agent; never ours, whose SVIDs we sign */
  readonly csiDriver: string;
}

/** Who signs the CA of SPIRE. Without one, each server signs its own. */
export class UpstreamAuthority {
  private constructor(
    /** The plugin as SPIRE reads it */
    public readonly plugin: Plugin,
    /** For the server's role: what it may use */
    public readonly certificateAuthorityArn: string | undefined,
    public readonly pathLength: 0 | 1 | 2 | 3,
    public readonly csiDriver: string | undefined,
    public readonly upstream: { readonly address: string; readonly port: number } | undefined,
  ) {}

  /**
   * AWS Private CA.
   *
   * @throws DeclarationError `spire.malformed`, and `token` for an ARN that is known after apply
   */
  public static awsPrivateCa(props: AwsPrivateCaProps): UpstreamAuthority {
    const { certificateAuthorityArn: arn, region, pathLength = 0 } = props;
    const { partition } = CERTIFICATE_AUTHORITY.known(arn, {
      property: "certificateAuthorityArn",
      where: "upstream authority",
      code: "spire.malformed",
      region,
    });
    if (![0, 1, 2, 3].includes(pathLength)) {
      refuse("spire.malformed", "upstream authority", `pathLength must be 0, 1, 2 or 3, got ${shown(pathLength)}`);
    }
    // The plugin's own default is a template for server certificates, which cannot sign.
    const template = `arn:${partition}:acm-pca:::template/SubordinateCACertificate_PathLen${pathLength}/V1`;
    const data = { region, certificate_authority_arn: arn, ca_signing_template_arn: template };
    return new UpstreamAuthority(
      { type: "UpstreamAuthority", name: "aws_pca", data },
      arn,
      pathLength,
      undefined,
      undefined,
    );
  }

  /**
   * Another SPIRE server (nested SPIRE): its trust domain must be ours.
   *
   * @throws DeclarationError `spire.malformed`
   */
  public static spire(props: UpstreamSpireProps): UpstreamAuthority {
    const { serverAddress: address, serverPort: port = 8081, csiDriver } = props;
    if (!/^[a-z0-9.-]+$/.test(address) || !Number.isInteger(port) || port < 1 || port > 65535) {
      const what = "serverAddress and serverPort must be a DNS name and a port";
      refuse("spire.malformed", "upstream authority", `${what}, got ${shown(`${address}:${port}`)}`);
    }
    if (csiDriver === "csi.spiffe.io") {
      const fix = 'run the upstream agent\'s driver under a name of its own, such as "upstream.csi.spiffe.io"';
      refuse("spire.malformed", "upstream authority", `csiDriver must not be our own, got ${shown(csiDriver)}: ${fix}`);
    }
    const data: JsonObject = {
      server_address: address,
      server_port: String(port),
      workload_api_socket: `${SERVER.upstreamSocket}/spire-agent.sock`,
    };
    const plugin = { type: "UpstreamAuthority", name: "spire", data } as const;
    return new UpstreamAuthority(plugin, undefined, 0, csiDriver, { address, port });
  }
}

/** @throws DeclarationError `federation.self` for our own trust domain. */
export function foreignTrustDomain(name: string, own: TrustDomain, where: string): string {
  const foreign = TrustDomain.of(name, where).name;
  if (foreign === own.name) {
    const fix = "leave it out: its own bundle is trusted anyway";
    refuse("federation.self", where, `trustDomain ${shown(name)} is the platform's own: ${fix}`);
  }
  return foreign;
}
