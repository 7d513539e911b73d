import type { ITerraformDependable } from "cdktf";
import type { Resources } from "../platform/hardened";
import type { BundlePublisher } from "./bundle-publisher";
import type { JsonObject } from "./private/json";
import type { SpireLifetimes } from "./private/lifetimes";
import type { LogLevel } from "./private/log-level";
import type { UpstreamAuthority } from "./upstream-authority";

/** The PostgreSQL that the servers share */
export interface SpireServerDatabase {
  /** libpq form, without a password, `sslmode=verify-full` */
  readonly connectionString: string;
  /** PEM of the CAs of its certificate */
  readonly certificateAuthorities: string;
  /** Address ranges it answers in */
  readonly cidrs: readonly string[];
  /** What must be done before a server can use it */
  readonly ready: readonly ITerraformDependable[];
}

/** The IAM role of the servers */
export interface SpireServerIamRole {
  readonly roleArn: string;
  /** Tags of the keys that the role may use; the servers set them */
  readonly keyTags: Readonly<Record<string, string>>;
  /**
   * Resources to create before a server can assume it.
   *
   * @default - nothing
   */
  readonly ready?: readonly ITerraformDependable[];
  /**
   * Policy of the keys that the servers make.
   *
   * @default - SPIRE's own
   */
  readonly keyPolicy?: string;
}

export interface SpireServerSize extends Resources {
  readonly replicas: number;
}

/**
 * How other trust domains fetch our bundle: `https_spiffe` with a certificate of our own CA, `https_web` with that of the
 * Kubernetes secret named (type `kubernetes.io/tls`, in `spire-server`).
 */
export type BundleEndpointProps = (
  { readonly profile: "https_spiffe" } | { readonly profile: "https_web"; readonly secretName: string }
) & {
  /** Address ranges that may fetch it, on port 443 of a load balancer */
  readonly fromCidrs: readonly string[];
  /**
   * Annotations of the load balancer's Service, for the controller that makes it.
   *
   * @default - an internal network load balancer of the AWS Load Balancer Controller, that ends no TLS
   */
  readonly loadBalancer?: Readonly<Record<string, string>>;
};

export interface EmbeddedSpireServerProps {
  /**
   * Who signs the CA.
   *
   * @default - each server signs its own
   */
  readonly upstreamAuthority?: UpstreamAuthority;

  /**
   * Serve the bundle to other trust domains.
   *
   * @default - it is not served
   */
  readonly bundleEndpoint?: BundleEndpointProps;

  /**
   * Address ranges in which the bundle endpoints of federated trust domains answer, on port 443 or 8443.
   *
   * @default - none: federation then fails closed
   */
  readonly federationCidrs?: readonly string[];

  /**
   * How long what it issues may live.
   *
   * @default - X.509-SVIDs 1 h, JWT-SVIDs 5 min, CA 24 h
   */
  readonly lifetimes?: SpireLifetimes;

  /**
   * Pods that get an identity.
   *
   * @default - 1,000
   */
  readonly workloads?: number;

  /**
   * Replicas, and CPU and memory of each.
   *
   * @default - the cell of SPIRE's scaling table for workloads and `cluster.nodes`
   */
  readonly size?: SpireServerSize;

  /**
   * Least that is logged.
   *
   * @default "info"
   */
  readonly logLevel?: LogLevel;

  /**
   * Further settings of SPIRE, added to server.conf. Settings that Ambit makes and unsafe settings are refused.
   *
   * @default - none
   */
  readonly settings?: JsonObject;
}

export interface SpireServerProps extends EmbeddedSpireServerProps {
  /** Where entries are kept; `"sqlite"` is a file on the disk of the one server there then is */
  readonly database: SpireServerDatabase | "sqlite";

  /**
   * The servers' role in AWS, and the keys that they sign with in KMS.
   *
   * @default - no access to AWS, and keys on the server's disk: only with `"sqlite"`
   */
  readonly role?: SpireServerIamRole;

  /**
   * Where the keys that verify SVIDs are published, besides the ConfigMap for agents.
   *
   * @default - nowhere
   */
  readonly publishers?: readonly BundlePublisher[];
}
