import {
  NOTICE_FORMATS,
  NOTICE_HOST,
  type NoticeFormat,
  onlyKnown,
  plainString,
  refuse,
  type RegistryNotify,
  shown,
} from "../../domain";
import { hostKind } from "../../domain/networks";
import { checkedCidr } from "./network";
import { secretProblem, type SecretReach } from "./secret-arn";

/**
 * Where a group of approvers is notified of requests, by webhook: with a link, the agent and the action, never with
 * arguments
 */
export interface NotifyProps {
  /**
   * Host name of the webhook's address, such as `hooks.slack.com`. It must be on the internet: notices go to no private
   * address, follow no redirect, and go to no other host.
   */
  readonly host: string;
  /**
   * ARN of a secret of Secrets Manager, in the platform's region. It is a JSON object of `url`, the whole address, and `secrets`, a list
   * of up to four keys that sign, such as `whsec_…` (Standard Webhooks). All of them sign, so that one may be replaced.
   */
  readonly secret: string;
  /**
   * How notices are written: `standard` is the JSON of Standard Webhooks, and needs `secrets`; `slack` is for an incoming webhook, `teams`
   * for a workflow that posts an Adaptive Card.
   *
   * @default "standard"
   */
  readonly format?: NoticeFormat;
  /** Address ranges (CIDR) of the host: the exchange reaches no others. */
  readonly cidrs: readonly string[];
}

/** Where a group is notified, with defaults filled in */
export interface PlatformNotify extends RegistryNotify {
  readonly cidrs: readonly string[];
}

const CODE = "platform.malformed";

/**
 * @param property name of the property in messages, such as `approvers.finance.notify`
 * @throws DeclarationError `platform.malformed`, `property.unknown`
 */
export function notifyOf(props: NotifyProps, reach: SecretReach, where: string, property: string): PlatformNotify {
  onlyKnown(props, ["host", "secret", "format", "cidrs"], `${where}.${property}`);
  const { format = "standard", cidrs } = props;
  const not = (member: string, what: string, value: unknown): never =>
    refuse(CODE, where, `${property}.${member} ${what}, got ${shown(value)}`);
  const host = plainString(props.host, where, `${property}.host`, CODE);
  if (!NOTICE_HOST.test(host) || host.length > 253) {
    not("host", 'must be a name in lower case such as "hooks.slack.com", without scheme, port and path', host);
  }
  if (hostKind(host) !== "unknown") {
    not("host", "must be a name on the internet: notices go to no private address", host);
  }
  const secret = plainString(props.secret, where, `${property}.secret`, CODE);
  const problem = secretProblem(secret, reach);
  if (problem !== undefined) not("secret", problem, secret);
  if (!NOTICE_FORMATS.includes(format)) not("format", `must be one of ${NOTICE_FORMATS.join(", ")}`, format);
  if (!Array.isArray(cidrs) || cidrs.length === 0) {
    not("cidrs", `must name the address ranges of ${host}, because the exchange reaches no others`, cidrs);
  }
  return { host, secret, format, cidrs: cidrs.map((cidr) => checkedCidr(cidr, where, `${property}.cidrs`)) };
}
