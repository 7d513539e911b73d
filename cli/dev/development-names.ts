import { facts } from "../../fleet/platform";

/** SPIFFE ID of a service of the control plane, such as `exchange` */
export function idOf(service: string): string {
  return `spiffe://${facts.trustDomain}/ns/ambit-system/sa/ambit-${service}`;
}
