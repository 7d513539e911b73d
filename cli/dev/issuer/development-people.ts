import type { RegistryPeople } from "../../../domain/registry/people";

/** A group that decides on approvals or stops agents, by what the ID token's claim has */
export interface DevelopmentGroup {
  readonly claim: string;
  /** What its members may do, for people */
  readonly may: string;
}

/** People who log in to decide on approvals, or to stop agents */
export interface DevelopmentPeople extends Pick<RegistryPeople, "clientId" | "groupsClaim"> {
  /** Each that the platform declares, once */
  readonly groups: readonly DevelopmentGroup[];
  /** Behind the @ of their addresses */
  readonly emailDomain: string;
}

/** Part of an address in front of the @ that a name can be as it is */
const LOCAL_PART = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** As `people` and `approvers` of the platform declare them */
export function developmentPeople(
  { clientId, groupsClaim, approvers, operators }: RegistryPeople,
  emailDomain: string,
): DevelopmentPeople {
  const may = new Map<string, readonly string[]>();
  const add = (claim: string, what: string): void => void may.set(claim, [...(may.get(claim) ?? []), what]);
  for (const [name, { claim }] of Object.entries(approvers)) {
    add(claim, name === claim ? "decides on approvals" : `decides on approvals of ${name}`);
  }
  for (const claim of operators) add(claim, "stops and restores agents");
  const groups = [...may].map(([claim, each]) => ({ claim, may: each.join(", ") }));
  return { clientId, groupsClaim, emailDomain, groups };
}

/** Of a person or user; undefined for a name that is no part of an address */
export function emailOf(name: string, domain: string): string | undefined {
  return LOCAL_PART.test(name) ? `${name}@${domain}` : undefined;
}
