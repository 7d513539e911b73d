import { signRegistry, type SignedRegistry } from "../../../runtime/registry/signed-registry";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import type { Signer } from "../../../runtime/signer/signer";
import { edited } from "../decisions/edit";
import { exampleDocument } from "./example-fleet";

export const SCOPE = "deploy";
export const TRUST_DOMAIN = "prod.acme.example";
/** Noon of 2026-12-01 */
export const ISSUED_AT = 1_796_126_400;

const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";

/** The example fleet with support-triage suspended */
export const suspendedDocument: FleetDocument = edited(
  exampleDocument,
  [
    [["policy", "agents", TRIAGE, "suspended"], true],
    [["registry", "agents", "support-triage", "state"], "suspended"],
  ],
  "suspended",
);

/** The example fleet in another trust domain */
export const otherDomainDocument: FleetDocument = JSON.parse(
  JSON.stringify(exampleDocument).replaceAll(TRUST_DOMAIN, "test.acme.example"),
);

export function signedExample(
  signer: Signer,
  revision: number,
  document = exampleDocument,
  scope = SCOPE,
): Promise<SignedRegistry> {
  return signRegistry(document, { signer, revision, scope, issuedAt: ISSUED_AT });
}
