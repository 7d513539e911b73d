import { onlyKnown, refuse, shown } from "../../../domain";
import { ALARM } from "../../aws/alarm";
import { alarmActions } from "../../platform/alarm-topic";
import type { Platform } from "../../platform/platform";
import type { KillSwitchProps } from "../kill-switch";

const CODE = "kill-switch.malformed";
const DEFAULT_SEVERITY = 7;
/** GuardDuty user guide, "Severity levels of GuardDuty findings" */
const SEVERITY = { least: 1, most: 10 } as const;
const CERTIFICATES = /^(\s*-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/;
/** Lambda allows 4 KB of environment for a function; the cluster's certificate takes about two (Lambda quotas) */
const LONGEST_CA = 2_048;
/** SPIFFE ID section 2.2, without the first slash */
const SPIFFE_PATH = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;
const ORIGIN = /^https:\/\/[^/?#@\s]+$/;

const PROPERTIES = [
  "list",
  "exchange",
  "exchangeAddress",
  "exchangeCa",
  "exchangeSpiffeId",
  "findingsFrom",
  "alarms",
  "alarmTopic",
  "code",
] as const satisfies readonly (keyof KillSwitchProps)[];

interface Checked extends Required<Pick<KillSwitchProps, "findingsFrom">> {
  /** ARNs */
  readonly alarms: readonly string[];
  /** ARNs of what its own alarms tell */
  readonly actions: readonly string[];
}

/** @throws DeclarationError `kill-switch.malformed`, and `property.unknown` */
export function checkedKillSwitch(platform: Platform, props: KillSwitchProps, where: string): Checked {
  onlyKnown(props, PROPERTIES, where);
  const { findingsFrom = DEFAULT_SEVERITY, alarms = [], alarmTopic } = props;
  if (!platform.hasKillSwitch) {
    const what = "the platform must have a kill switch, whose key the registry names, got one without";
    refuse(CODE, where, `${what}: write killSwitch: true into the platform`);
  }
  for (const property of ["exchange", "exchangeAddress"] as const) {
    const value = props[property];
    if (value !== undefined && !ORIGIN.test(value)) {
      refuse(CODE, where, `${property} must be an https address without a path, got ${shown(value)}`);
    }
  }
  refuseBadServer(platform, props, where);
  const isSeverity = findingsFrom === "never" || (findingsFrom >= SEVERITY.least && findingsFrom <= SEVERITY.most);
  if (!isSeverity) {
    const what = `findingsFrom must be from ${SEVERITY.least} to ${SEVERITY.most}, or "never"`;
    refuse(CODE, where, `${what}, got ${shown(findingsFrom)}`);
  }
  const { region, account } = platform;
  const asked = { where, code: CODE, region } as const;
  return {
    findingsFrom,
    alarms: alarms.map((alarm, index) => ALARM.arnOf(alarm, { ...asked, property: `alarms[${index}]`, account })),
    actions: alarmActions(alarmTopic, asked),
  };
}

function refuseBadServer({ trustDomain }: Platform, { exchangeCa, exchangeSpiffeId }: KillSwitchProps, where: string) {
  if (exchangeCa !== undefined && !CERTIFICATES.test(exchangeCa)) {
    const fix = 'write readFileSync("root.pem", "utf8")';
    refuse(CODE, where, `exchangeCa must be certificates in PEM, got ${shown(exchangeCa.slice(0, 40))}: ${fix}`);
  }
  if (exchangeCa !== undefined && exchangeCa.length > LONGEST_CA) {
    const what = `exchangeCa must be ${LONGEST_CA} characters of PEM at most, as Lambda takes no more`;
    refuse(CODE, where, `${what}, got ${exchangeCa.length}: write the root alone`);
  }
  if (exchangeSpiffeId === undefined) return;
  const begin = `spiffe://${trustDomain.name}/`;
  if (!exchangeSpiffeId.startsWith(begin) || !SPIFFE_PATH.test(exchangeSpiffeId.slice(begin.length))) {
    const what = "exchangeSpiffeId must be a SPIFFE ID of the platform's trust domain";
    refuse(CODE, where, `${what}, got ${shown(exchangeSpiffeId)}: write ${begin}ns/ambit-system/sa/ambit-exchange`);
  }
  if (exchangeCa === undefined) {
    const what =
      "exchangeSpiffeId needs exchangeCa, as no authority that Node trusts vouches for a SPIFFE ID, got none";
    refuse(CODE, where, `${what}: write the root of the trust domain in PEM`);
  }
}
