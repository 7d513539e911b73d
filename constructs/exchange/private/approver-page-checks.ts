import { refuse } from "../../../domain";
import type { Platform } from "../../platform/platform";
import { ANYWHERE, clientRanges, secretName } from "../../platform/public-listener";
import type { ApproverPage } from "../approver-page";

const CODE = "exchange.malformed";

/**
 * The approvers' page, with its defaults settled
 *
 * @throws DeclarationError `exchange.malformed`, `platform.malformed`
 */
export function approverPageOf(page: ApproverPage, { people }: Platform, where: string): Required<ApproverPage> {
  if (people?.host === undefined) {
    const what = "approverPage needs the host of the page, and the platform names none";
    refuse(CODE, where, `${what}: write people.host, or leave approverPage out`);
  }
  const named = (property: string) => ({ code: CODE, where, property }) as const;
  return {
    certificate: secretName(page.certificate, named("approverPage.certificate")),
    clientCidrs: clientRanges(page.clientCidrs ?? [ANYWHERE], named("approverPage.clientCidrs")),
    annotations: page.annotations ?? {},
  };
}
