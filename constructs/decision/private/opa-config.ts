import { INPUT_LIMITS } from "../../../domain";
import { ARCHIVE_LIMITS } from "../../../policies/bundle";

/** Name of the only bundle, in OPA's configuration, metrics and decision logs */
export const BUNDLE = "ambit";

/** Name under which OPA asks for it */
const SERVICE = "policy";

/** A bundle that OPA fetches again and again, and activates only where its signature holds */
export interface SignedBundle {
  /** Address of the server that holds it */
  readonly url: string;
  /** Path below that address */
  readonly resource: string;
  /** How requests are signed: with the role that Kubernetes' token opens, or not at all */
  readonly credentials: { readonly region: string; readonly domain?: string } | "none";
  /** Name of the key. Always written: without one, OPA before 1.21.3 took unsigned bundles (GHSA-g2pf-6v5v-qcc8). */
  readonly keyId: string;
  /** PEM of the public key, EC on P-256 */
  readonly publicKey: string;
  /** What the signature must be good for */
  readonly scope: string;
  /** Seconds between two questions for a newer one */
  readonly polling: { readonly min: number; readonly max: number };
}

export interface OpaConfigProps {
  /** Name of the environment, in every decision log */
  readonly platform: string;
  readonly bundle: SignedBundle | { readonly file: string };
  /** Folder in which the last activated bundle is kept for the next start */
  readonly persistence: string;
}

/**
 * Configuration of OPA: where its bundle comes from and by which key it is believed, decision logs to the console and
 * nowhere else, no request larger than those that are decided.
 */
export function opaConfig({ platform, bundle, persistence }: OpaConfigProps): object {
  return {
    labels: { app: "ambit", platform },
    ...("file" in bundle ? mounted(bundle.file) : signed(bundle, persistence)),
    // The mask is of the bundle: package system.log.
    decision_logs: { console: true },
    status: { prometheus: true },
    server: {
      decoding: { max_length: LONGEST_QUERY, gzip: { max_length: LONGEST_QUERY } },
    },
  };
}

/** Request body of a query, `{"input": …}`. The authorizer has refused longer inputs already. */
const LONGEST_QUERY = 2 * INPUT_LIMITS.bytes;

/** Read once, at start: OPA does not look at a file again. */
function mounted(file: string): object {
  return { bundles: { [BUNDLE]: { resource: `file://${file}`, size_limit_bytes: ARCHIVE_LIMITS.bytes } } };
}

function signed(bundle: SignedBundle, persistence: string): object {
  const { url, resource, credentials, keyId, publicKey, scope, polling } = bundle;
  return {
    services: {
      [SERVICE]: {
        url,
        response_header_timeout_seconds: 10,
        ...(credentials === "none" ? {} : { credentials: { s3_signing: webIdentity(credentials) } }),
      },
    },
    keys: { [keyId]: { algorithm: "ES256", key: publicKey } },
    bundles: {
      [BUNDLE]: {
        service: SERVICE,
        resource,
        persist: true,
        polling: { min_delay_seconds: polling.min, max_delay_seconds: polling.max },
        signing: { keyid: keyId, scope },
        size_limit_bytes: ARCHIVE_LIMITS.bytes,
      },
    },
    persistence_directory: persistence,
  };
}

/** Role and token come from the environment, which EKS sets for the service account. */
function webIdentity({ region, domain }: { readonly region: string; readonly domain?: string }): object {
  return {
    web_identity_credentials: {
      aws_region: region,
      session_name: "ambit-opa",
      ...(domain === undefined ? {} : { aws_domain: domain }),
    },
  };
}
