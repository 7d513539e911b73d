import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { refuse, shown, SpiffeId } from "../../domain";
import { digestOf } from "../platform/digest";
import { platformOf } from "../platform/scope";
import { CLASS_NAME } from "./private/paths";
import { foreignTrustDomain } from "./upstream-authority";

/** Kubernetes takes 253 characters, the hash its share of them. */
const LONGEST_KEPT = 200;

export interface FederationProps {
  /** The other trust domain */
  readonly trustDomain: string;

  /** https address of its bundle endpoint */
  readonly bundleEndpointUrl: string;

  /**
   * How the endpoint proves itself: by a certificate that the internet trusts (`https_web`), or by the SVID of the
   * SPIFFE ID named, verified with the bundle that its owners handed over by another way (`https_spiffe`).
   */
  readonly endpoint:
    | { readonly profile: "https_web" }
    | {
        readonly profile: "https_spiffe";
        readonly spiffeId: string;
        /** The other trust domain's bundle in SPIFFE format (JSON), as first trust */
        readonly bundle: string;
      };

  /**
   * Resources to create first: servers must answer, because their webhook checks it.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

/** Lets workloads verify the SVIDs of one other trust domain. It grants no access: policies decide which of its workloads to accept. */
export class Federation extends Construct {
  public readonly trustDomain: string;
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `federation.self`, `spire.malformed` */
  constructor(scope: Construct, id: string, props: FederationProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    this.trustDomain = foreignTrustDomain(props.trustDomain, platformOf(this).trustDomain, where);
    // The servers' network policy opens these two ports.
    if (!/^https:\/\/[a-z0-9.-]+(:(443|8443))?(\/[A-Za-z0-9._~/-]*)?$/.test(props.bundleEndpointUrl)) {
      const what = "bundleEndpointUrl must be an https address on port 443 or 8443, without query and user";
      refuse("spire.malformed", where, `${what}, got ${shown(props.bundleEndpointUrl)}`);
    }
    this.ready = [
      new Manifest(this, "Resource", {
        manifest: {
          apiVersion: "spire.spiffe.io/v1alpha1",
          kind: "ClusterFederatedTrustDomain",
          metadata: { name: objectName(this.trustDomain) },
          spec: {
            className: CLASS_NAME,
            trustDomain: this.trustDomain,
            bundleEndpointURL: props.bundleEndpointUrl,
            ...this.endpointOf(props, where),
          },
        },
        dependsOn: [...(props.after ?? [])],
      }),
    ];
  }

  private endpointOf({ endpoint }: FederationProps, where: string): object {
    if (endpoint.profile === "https_web") return { bundleEndpointProfile: { type: "https_web" } };
    const { spiffeId, bundle } = endpoint;
    if (SpiffeId.parse(spiffeId, where, "endpoint.spiffeId").trustDomain.name !== this.trustDomain) {
      const what = `endpoint.spiffeId must be an ID of ${this.trustDomain}`;
      refuse("spire.malformed", where, `${what}, got ${shown(spiffeId)}`);
    }
    checkBundle(bundle, where);
    return {
      bundleEndpointProfile: { type: "https_spiffe", endpointSPIFFEID: spiffeId },
      trustDomainBundle: bundle,
    };
  }
}

/** RFC 1123, as Kubernetes takes it: fewer names than there are of trust domains */
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The trust domain itself, or what Kubernetes takes of it with a hash of the whole. */
function objectName(trustDomain: string): string {
  if (OBJECT_NAME.test(trustDomain)) return trustDomain;
  const kept = trustDomain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return `${kept.slice(0, LONGEST_KEPT)}-${digestOf(trustDomain)}`.replace(/^-/, "");
}

/** A JWK set with a key that verifies X.509-SVIDs (SPIFFE Trust Domain and Bundle, section 4). */
function checkBundle(text: string, where: string): void {
  const keys = keysOf(text);
  if (keys.some((key) => (key as { use?: unknown }).use === "x509-svid")) return;
  const what = "endpoint.bundle must be a SPIFFE bundle (JSON) with a key of use x509-svid";
  refuse("spire.malformed", where, `${what}, got ${shown(text.slice(0, 60))}: ask the owners of the trust domain`);
}

function keysOf(text: string): readonly unknown[] {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys : [];
  } catch {
    return [];
  }
}
