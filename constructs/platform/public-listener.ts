import { type ErrorCode, plainString, refuse, shown } from "../../domain";
import { checkedCidr } from "./network";

/** For messages: the error code, the place of the declaration, and the property */
export interface Named {
  readonly code: ErrorCode;
  readonly where: string;
  readonly property: string;
}

export const ANYWHERE = "0.0.0.0/0";

/** @throws DeclarationError with the code that is named */
export function secretName(value: string, { code, where, property }: Named): string {
  const name = plainString(value, where, property, code);
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
    const what = `${property} must be the name of a Kubernetes secret, got ${shown(name)}`;
    refuse(code, where, `${what}: write one such as "ambit-users-tls"`);
  }
  return name;
}

/**
 * Address ranges from which clients may connect
 *
 * @throws DeclarationError with the code that is named, `platform.malformed`
 */
export function clientRanges(cidrs: readonly string[], { code, where, property }: Named): readonly string[] {
  if (cidrs.length === 0) {
    const [without] = property.split(".", 1);
    const what = `${property} must name the address ranges that may connect, got []`;
    refuse(code, where, `${what}: leave it out to allow all addresses, or leave ${without} out to allow none`);
  }
  return cidrs.map((cidr) => (cidr === ANYWHERE ? cidr : checkedCidr(cidr, where, property)));
}
