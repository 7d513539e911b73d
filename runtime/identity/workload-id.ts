import { DeclarationError, SpiffeId } from "../../domain";

/** The SPIFFE ID, where it names a workload of the trust domain; otherwise undefined */
export function workloadId(uri: unknown, trustDomain: string): string | undefined {
  try {
    const id = SpiffeId.parse(uri, "svid");
    return id.trustDomain.name === trustDomain ? id.toString() : undefined;
  } catch (error) {
    if (error instanceof DeclarationError) return undefined;
    throw error;
  }
}
