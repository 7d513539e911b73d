import { Construct } from "constructs";
import { refuse } from "../../domain";
import type { CertificateInput } from "../aws/certificate";
import { platformOf } from "../platform/scope";
import { BundlePublisher } from "./bundle-publisher";
import { Federation, type FederationProps } from "./federation";
import { OidcDiscoveryProvider } from "./oidc-discovery-provider";
import { OidcDocuments } from "./oidc-documents";
import { SpiffeCsiDriver } from "./spiffe-csi-driver";
import { SpireAgent, type SpireAgentProps } from "./spire-agent";
import { SpireDatabase, type SpireDatabaseProps } from "./spire-database";
import { SpireServer } from "./spire-server";
import type { EmbeddedSpireServerProps } from "./spire-server-props";
import { SpireServerRole } from "./spire-server-role";
import { WorkloadRegistration } from "./workload-registration";

/** The choices an organisation makes about its SPIRE. */
export interface SpireProps extends Omit<EmbeddedSpireServerProps, "workloads"> {
  /** The PostgreSQL of highly available servers, or `"embedded"`: one server, for trying out */
  readonly database: SpireDatabaseProps | "embedded";

  /**
   * How verifiers outside get the keys of JWT-SVIDs: from a provider in the cluster with the certificate of a Kubernetes
   * secret, or from a bucket behind CloudFront with one of AWS Certificate Manager.
   */
  readonly oidc: { readonly certificateSecret: string } | { readonly certificate: CertificateInput };

  /**
   * Where the keys that verify SVIDs are published, besides the ConfigMap for agents; not with `"embedded"`.
   *
   * @default - nowhere
   */
  readonly publishers?: readonly BundlePublisher[];

  /**
   * Other trust domains whose SVIDs workloads get to verify.
   *
   * @default - none
   */
  readonly federation?: readonly Omit<FederationProps, "after">[];

  /**
   * What the certificates of the kubelets are made out to.
   *
   * @default "host-ip"
   */
  readonly kubeletAddress?: NonNullable<SpireAgentProps["kubeletAddress"]>;

  /**
   * Pods that get an identity.
   *
   * @default - one per declared agent
   */
  readonly workloads?: number;
}

/** What the stack knows */
export interface SpireContext {
  /** How many agents are declared */
  readonly agents: number;
}

/**
 * SPIRE as a whole, in the order in which its parts can start: servers, agents, driver, registration, discovery.
 *
 * Its namespaces and kinds must have been applied before, in another stack.
 */
export class Spire extends Construct {
  /** Where the issuer's name must lead, known after apply: a load balancer, or a distribution of CloudFront */
  public readonly issuerAddress: string;
  private documentsAddress: string | undefined;

  constructor(scope: Construct, id: string, props: SpireProps & SpireContext) {
    super(scope, id);
    this.checkFederation(props);
    const server = this.makeServer(props);
    const agent = new SpireAgent(this, "Agent", {
      server,
      ...(props.kubeletAddress && { kubeletAddress: props.kubeletAddress }),
      ...(props.logLevel && { logLevel: props.logLevel }),
    });
    const driver = new SpiffeCsiDriver(this, "CsiDriver", { after: agent.ready });
    const federations = (props.federation ?? []).map(
      (federation) =>
        new Federation(this, `Federation-${federation.trustDomain}`, { ...federation, after: server.ready }),
    );
    const registration = new WorkloadRegistration(this, "Registration", {
      after: [...server.ready, ...federations.flatMap(({ ready }) => ready)],
      federatesWith: federations.map(({ trustDomain }) => trustDomain),
      ...(props.lifetimes && { lifetimes: props.lifetimes }),
    });
    this.issuerAddress =
      "certificateSecret" in props.oidc
        ? new OidcDiscoveryProvider(this, "Oidc", {
            certificateSecret: props.oidc.certificateSecret,
            after: [...driver.ready, ...registration.ready],
          }).address
        : (this.documentsAddress as string);
  }

  private checkFederation({ federation = [], federationCidrs = [] }: SpireProps): void {
    if (federation.length === 0 || federationCidrs.length > 0) return;
    const sentence = "federationCidrs must name where the bundle endpoints of federation answer, got none";
    refuse("spire.malformed", `[${this.node.path}]`, `${sentence}: the servers reach no address that is not named`);
  }

  private makeServer(props: SpireProps & SpireContext): SpireServer {
    const { agents, database, oidc, federation: _, kubeletAddress: __, ...rest } = props;
    const common = { ...rest, workloads: props.workloads ?? agents };
    if (database === "embedded") {
      if ("certificate" in oidc) {
        const fix = 'write oidc: { certificateSecret: "…" }, or name a database';
        const sentence = 'oidc.certificate needs a role in AWS, got database "embedded", which has none';
        refuse("spire.malformed", `[${this.node.path}]`, `${sentence}: ${fix}`);
      }
      return SpireServer.embedded(this, "Server", common);
    }
    const publishers = [...(props.publishers ?? []), ...this.documents(oidc)];
    const store = new SpireDatabase(this, "Database", database);
    const { certificateAuthorityArn: certificateAuthority, pathLength } = props.upstreamAuthority ?? {};
    const role = new SpireServerRole(this, "Role", {
      database: store,
      kms: true,
      certificateAuthority,
      ...(pathLength && { pathLength }),
      ...Object.assign({}, ...publishers.map(({ writes }) => writes)),
    });
    return new SpireServer(this, "Server", { ...common, publishers, database: store, role });
  }

  /** The bucket from which verifiers read the keys, and the servers' order to write them there */
  private documents(oidc: SpireProps["oidc"]): readonly BundlePublisher[] {
    if (!("certificate" in oidc)) return [];
    const { region, spireServerRoleArn } = platformOf(this);
    const { bucketName, objectKey, distributionDomainName } = new OidcDocuments(this, "OidcDocuments", {
      certificate: oidc.certificate,
      publisherRole: spireServerRoleArn,
    });
    this.documentsAddress = distributionDomainName;
    return [BundlePublisher.s3({ region, bucket: bucketName, objectKey, format: "jwks" })];
  }
}
