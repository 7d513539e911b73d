import type { Struct } from "./protocol";

/** As Envoy names what the authorizer has said of a request */
export const METADATA = "envoy.filters.http.ext_authz";

/** Where the access log, and an answer, find which call it was */
export const CALL_KEY = "ambit.call";

/** What Envoy sends of it */
interface Metadata {
  readonly filter_metadata: Readonly<Record<string, Struct>>;
}

/** Of a call that went out; undefined for what the gateway answers by itself */
export function callIdIn(metadata: Metadata | null | undefined): string | undefined {
  return metadata?.filter_metadata[METADATA]?.fields[CALL_KEY]?.stringValue || undefined;
}
