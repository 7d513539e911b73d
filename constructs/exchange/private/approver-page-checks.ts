import { refuse } from "../../../domain";
import { noticePlaces } from "../../platform/notices";
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

/**
 * Notices link to the page.
 *
 * @throws DeclarationError `exchange.malformed` where people are told of requests, and the page is not served
 */
export function noticesHavePage(platform: Platform, hasPage: boolean, where: string): void {
  const [place] = noticePlaces(platform);
  if (place === undefined || hasPage) return;
  const what = `approverPage must be served where approvers are told of requests (by ${place.host}), got undefined`;
  refuse(CODE, where, `${what}: write approverPage, or leave notify out of the platform`);
}

/**
 * Security events are pushed to the listener of the page.
 *
 * @throws DeclarationError `exchange.malformed` where an issuer pushes them, and the page is not served
 */
export function pushesHavePage({ signals }: Platform, hasPage: boolean, where: string): void {
  const pushing = signals.find(({ push }) => push !== undefined);
  if (pushing === undefined || hasPage) return;
  const what = `approverPage must be served where security events are pushed (by ${pushing.issuer}), got undefined`;
  refuse(CODE, where, `${what}: write approverPage, or fetch them by signals.poll`);
}

/**
 * A function cannot work after its answer, so it cannot send notices.
 *
 * @throws DeclarationError `exchange.malformed` if a group of approvers has a notice
 */
export function noticesNeedPods(platform: Platform, where: string): void {
  const [place] = noticePlaces(platform);
  if (place === undefined) return;
  const what = `approvers are told of requests (by ${place.host}), which an exchange in Lambda cannot do`;
  refuse(CODE, where, `${what}: use TokenExchange alone, or leave notify out of the platform`);
}
