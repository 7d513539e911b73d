import {
  dnsLabel,
  LIMITS,
  plainString,
  refuse,
  type RegistryNotify,
  type RegistryPeople,
  type RegistryTrust,
  Sensitivity,
  type SensitivityName,
  shown,
  Ttl,
  type TtlInput,
} from "../../domain";
import { byText } from "../../domain/by-text";
import { issuerAddress } from "../../domain/issuer-address";
import { type NotifyProps, notifyOf, type PlatformNotify } from "./notify";
import type { SecretReach } from "./secret-arn";
import { tokenIssuer, type TokenIssuerProps, type TokenIssuers } from "./token-issuers";

export interface PeopleProps extends TokenIssuerProps {
  /** OAuth client that people log in to: the only audience of their ID tokens. It is public, and has PKCE in place of a secret. */
  readonly clientId: string;
  /**
   * Claim of the ID token that lists a person's groups.
   *
   * @default "groups"
   */
  readonly groupsClaim?: string;
  /**
   * How long ago a person may have logged in who decides or stops an agent, at most 1 h.
   *
   * @default 15 min
   */
  readonly recentLogin?: TtlInput;
  /** Groups, as the claim has them, whose members may revoke and restore */
  readonly operators: readonly string[];
  /**
   * Host name of the approvers' page, such as `approvals.acme.example`.
   *
   * @default - the page is not served
   */
  readonly host?: string;
  /**
   * Where a group of approvers without a `notify` of its own is notified of requests. It needs `host`, because notices
   * link to it.
   *
   * @default - no notices
   */
  readonly notify?: NotifyProps;
}

export interface ApproverGroupProps {
  /** Highest sensitivity that the group's members may be shown */
  readonly clearance: SensitivityName;
  /**
   * The group as the ID token's claim has it.
   *
   * @default - the group's name
   */
  readonly claim?: string;
  /**
   * Where the group is notified of requests. It needs `people.host`, because notices link to it.
   *
   * @default - as in `people`
   */
  readonly notify?: NotifyProps;
}

/** A group of approvers, with its defaults settled */
export interface ApproverGroup {
  readonly claim: string;
  readonly clearance: Sensitivity;
  readonly notify?: PlatformNotify;
}

/** Settings for all groups */
interface OfAllGroups extends SecretReach {
  readonly notify: NotifyProps | undefined;
}

/** Beside what the platform says of people */
export interface PeopleFacts extends Pick<TokenIssuers, "ofWorkloads"> {
  readonly approvers: ReadonlyMap<string, ApproverGroup>;
  readonly trust: RegistryTrust;
  readonly userListener: { readonly domain: string } | undefined;
}

const CODE = "platform.malformed";
const LONGEST_GROUP = 256;
const CLAIM = /^[A-Za-z][A-Za-z0-9_.:/-]{0,127}$/;
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** @throws DeclarationError `platform.malformed`, `name.malformed`, naming the property */
export function approverGroups(
  props: Readonly<Record<string, ApproverGroupProps>> | readonly string[],
  all: OfAllGroups,
  where: string,
): ReadonlyMap<string, ApproverGroup> {
  const ofAll = all.notify && notifyOf(all.notify, all, where, "people.notify");
  const named: Readonly<Record<string, ApproverGroupProps>> = isList(props)
    ? Object.fromEntries(props.map((name) => [name, { clearance: "internal" }]))
    : props;
  const groups = Object.entries(named).map(([name, { clearance, claim, notify }]) => {
    const property = `approvers.${name}`;
    const told = notify === undefined ? ofAll : notifyOf(notify, all, where, `${property}.notify`);
    const group = {
      claim: claim === undefined ? dnsLabel(name, where, "approvers") : groupOf(claim, where, `${property}.claim`),
      clearance: Sensitivity.of(clearance, where, `${property}.clearance`),
      ...(told !== undefined && { notify: told }),
    };
    return [dnsLabel(name, where, "approvers"), group] as const;
  });
  return new Map(groups);
}

/** @throws DeclarationError `platform.malformed`, `limit.exceeded` and others, naming the property */
export function peopleOf(props: PeopleProps, facts: PeopleFacts, where: string): RegistryPeople {
  const issuer = tokenIssuer(props, facts.ofWorkloads, where, "people");
  const { operators, recentLogin = LIMITS.recentLogin.default, host, groupsClaim = "groups" } = props;
  notOfStarters(issuer.issuer, facts.trust, where);
  if (!Array.isArray(operators)) {
    refuse(CODE, where, `people.operators must list groups, got ${shown(operators)}: write [] where none may revoke`);
  }
  const groups = operators.map((group) => groupOf(group, where, "people.operators"));
  const login = Ttl.from(recentLogin, where, "people.recentLogin");
  return {
    ...issuer,
    clientId: groupOf(props.clientId, where, "people.clientId"),
    groupsClaim: claimOf(groupsClaim, where),
    recentLoginSeconds: login.atMost(LIMITS.recentLogin.ceiling, where, "people.recentLogin").seconds,
    operators: [...new Set(groups)].sort(byText),
    ...(host !== undefined && { host: hostOf(host, facts, where) }),
    approvers: Object.fromEntries(
      [...facts.approvers].map(([name, { claim, clearance, notify }]) => [
        name,
        { claim, clearance: clearance.name, ...(notify !== undefined && { notify: registryNotify(notify) }) },
      ]),
    ),
  };
}

/**
 * A notice links to the page, so the page needs a host.
 *
 * @throws DeclarationError `platform.malformed` if a group has notices and no page is named
 */
export function linksToPage(
  approvers: ReadonlyMap<string, ApproverGroup>,
  people: RegistryPeople | undefined,
  where: string,
): void {
  const [told] = [...approvers].find(([, { notify }]) => notify !== undefined) ?? [];
  if (told === undefined || people?.host !== undefined) return;
  const what = `approvers.${told} are told of requests by a link to the approvers' page, and no page is named`;
  refuse(CODE, where, `${what}: write people.host, or leave notify out`);
}

/** The ranges are for the network alone. */
function registryNotify({ host, secret, format }: PlatformNotify): RegistryNotify {
  return { host, secret, format };
}

function isList<T>(value: object | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function groupOf(value: unknown, where: string, property: string): string {
  const text = plainString(value, where, property, CODE);
  if (text.length <= LONGEST_GROUP) return text;
  return refuse(CODE, where, `${property} must have at most ${LONGEST_GROUP} characters, got ${shown(text)}`);
}

function claimOf(value: unknown, where: string): string {
  const text = plainString(value, where, "people.groupsClaim", CODE);
  if (CLAIM.test(text)) return text;
  const what = `people.groupsClaim must be the name of a claim such as "groups", got ${shown(text)}`;
  return refuse(CODE, where, `${what}: write the claim that the identity provider puts the groups in`);
}

/** A page below the agents' domain would share its cookies with what agents answer. */
function hostOf(value: unknown, { userListener }: PeopleFacts, where: string): string {
  const text = plainString(value, where, "people.host", CODE);
  if (!HOST.test(text) || text.length > 253) {
    refuse(CODE, where, `people.host must be a name such as "approvals.acme.example", got ${shown(text)}`);
  }
  const domain = userListener?.domain;
  if (domain !== undefined && (text === domain || text.endsWith(`.${domain}`))) {
    const what = `people.host must not be below userListener.domain ${shown(domain)}, got ${shown(text)}`;
    refuse(CODE, where, `${what}: give the page a domain that no agent answers in`);
  }
  return text;
}

/** What holds a starter's keys would be each person. */
function notOfStarters(issuer: string, { starters }: RegistryTrust, where: string): void {
  if (!starters.some((starter) => issuerAddress(starter.issuer) === issuerAddress(issuer))) return;
  const what = `people.issuer must be the identity provider of people, got ${shown(issuer)}, which is a starter of the platform`;
  refuse(CODE, where, `${what}: name the one that people log in to`);
}
