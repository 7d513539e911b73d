import { readFileSync } from "node:fs";
import { isRecord } from "../../../domain/is-record";
import type { RegistryPeople } from "../../../domain/registry/people";
import { CALLBACK, OpenIdProvider } from "../../../runtime/exchange/approver-page/identity-provider";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import type { ServerNames } from "../development-authority";
import { freePort } from "../free-port";
import { LOOPBACK } from "../loopback";

export interface ApproverPageChoice {
  /** Where it listens on the loopback; 0 for any free one */
  readonly port: number;
  /**
   * Where people reach it, as the document names it too, and who knows them.
   *
   * @default - the loopback's address, and the issuer of development
   */
  readonly elsewhere?: {
    /** Name that browsers reach it by */
    readonly host: string;
    /** PEM of authorities that vouch for the people's identity provider */
    readonly ca: string;
  };
}

/** The approvers' page on this machine */
export interface ApproverPagePlace {
  /** Where it listens */
  readonly port: number;
  /** https origin */
  readonly origin: string;
  /** Of its certificate */
  readonly names: ServerNames;
  /** PEM of authorities besides that of development */
  readonly ca: string | undefined;
  /** Whether people log in at the issuer of development */
  readonly isOwn: boolean;
}

export async function placeOf({ port: chosen, elsewhere }: ApproverPageChoice): Promise<ApproverPagePlace> {
  const port = chosen === 0 ? await freePort() : chosen;
  if (elsewhere !== undefined) {
    const { host, ca } = elsewhere;
    return { port, origin: `https://${host}`, names: { dnsNames: [host], ipAddresses: [] }, ca, isOwn: false };
  }
  const names = { dnsNames: [], ipAddresses: [LOOPBACK] };
  return { port, origin: `https://${LOOPBACK}:${port}`, names, ca: undefined, isOwn: true };
}

/** Where people come back to from the issuer */
export function callbackOf({ origin }: ApproverPagePlace): string {
  return `${origin}${CALLBACK}`;
}

/** The registry's entry about people; undefined if the platform declares none */
export function peopleIn({ registry }: FleetDocument): RegistryPeople | undefined {
  return isRecord(registry) && isRecord(registry["people"])
    ? (registry["people"] as unknown as RegistryPeople)
    : undefined;
}

/** The document with the page where it is here: a platform declares a name, and browsers need the port. */
export function withPageAt(document: FleetDocument, { origin, isOwn }: ApproverPagePlace): FleetDocument {
  const people = peopleIn(document);
  if (!isOwn || people === undefined) return document;
  const here = { ...people, host: new URL(origin).host };
  return { ...document, registry: { ...(document.registry as object), people: here } };
}

/** A browser goes to the issuer of development over HTTP, on the loopback. What the exchange asks it stays at https addresses. */
export function loopbackProvider(bundle: string): OpenIdProvider {
  return new OpenIdProvider(readFileSync(bundle, "utf8"), (library, configuration) =>
    library.allowInsecureRequests(configuration),
  );
}
