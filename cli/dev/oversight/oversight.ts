import type { RegistryPeople } from "../../../domain/registry/people";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import type { DevelopmentFiles } from "../development-files";
import { developmentPeople } from "../issuer/development-people";
import type { UserIssuer } from "../issuer/user-issuer";
import { type ApproverPagePlace, callbackOf, peopleIn } from "./approver-page";
import { IdTokenFiles } from "./id-token-files";

/** How people decide on approvals and stop agents here */
export interface Oversight {
  /** https origin of the approvers' page */
  readonly page: string;
  readonly people: RegistryPeople;
  readonly idTokens: Pick<IdTokenFiles, "folder" | "groups" | "of">;
}

/** Lets people log in at the development issuer; undefined if the platform declares none. */
export function startOversight(
  place: ApproverPagePlace,
  document: FleetDocument,
  parts: { readonly files: DevelopmentFiles; readonly issuer: UserIssuer; readonly emailDomain: string },
  endings: (() => void)[],
): Oversight | undefined {
  const declared = peopleIn(document);
  if (declared === undefined) return undefined;
  const { files, issuer, emailDomain } = parts;
  const people = developmentPeople(declared, emailDomain);
  issuer.registerPeople(people, callbackOf(place));
  const idTokens = new IdTokenFiles(files, issuer, people);
  idTokens.start();
  endings.push(() => idTokens.stop());
  return { page: place.origin, people: declared, idTokens };
}
