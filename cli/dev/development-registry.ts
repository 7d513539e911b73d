import { registryDocument } from "../../constructs/agent/fleet-documents";
import { policyTextOf } from "../../constructs/platform/documents";
import { Platform } from "../../constructs";
import { registryJson } from "../../domain";
import { fleet as example } from "../../fleet";
import { facts } from "../../fleet/platform";
import type { FleetDocument } from "../../runtime/registry/fleet-view";
import { registryFile, signRegistry } from "../../runtime/registry/signed-registry";
import type { Signer } from "../../runtime/signer/signer";

/** What registries for development are signed for */
export const SCOPE = "development";

/** What synth writes of the fleet, with whose tokens start its tasks here, and who knows people */
export function developmentDocument(userIssuer: string, starterIssuer: string, fleet = example): FleetDocument {
  const users = { issuer: userIssuer, jwksUri: `${userIssuer}/keys`, algorithms: ["ES256"] } as const;
  const platform = new Platform({
    ...facts,
    issuers: [users],
    ...(facts.people !== undefined && { people: { ...facts.people, ...users } }),
    starters: [
      {
        issuer: starterIssuer,
        jwksUri: `${starterIssuer}/keys`,
        algorithms: ["ES256"],
        starts: ["event", "schedule"],
      },
    ],
  });
  return {
    registry: JSON.parse(registryJson(registryDocument({ platform, fleet }))),
    policy: JSON.parse(policyTextOf(platform, fleet)),
  };
}

/** The document as the exchange reads it from a file */
export async function signedFile(document: FleetDocument, signer: Signer, revision = 1): Promise<Buffer> {
  const issuedAt = Math.floor(Date.now() / 1_000);
  return registryFile(await signRegistry(document, { signer, revision, scope: SCOPE, issuedAt }));
}
