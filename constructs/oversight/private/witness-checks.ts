import type { Construct } from "constructs";
import { onlyKnown, plainString, refuse, shown } from "../../../domain";
import { alarmActions } from "../../platform/alarm-topic";
import { AmbitStack } from "../../platform/ambit-stack";
import { type Certificate, certificateOf, concurrencyOf } from "../../platform/function-checks";
import { auditLogOrigin } from "../../platform/names";
import { type VerifierKey, verifierKeyIn } from "../../platform/verifier-key";
import type { AuditWitnessProps } from "../audit-witness";

export interface CheckedWitness {
  readonly host: string;
  readonly certificate: Certificate;
  readonly logs: readonly string[];
  readonly keyName: string;
  readonly resourceName: string;
  readonly concurrency: number;
  readonly actions: readonly string[];
  readonly protectData: boolean;
}

const CODE = "witness.malformed";
const PROPERTIES = [
  "host",
  "certificateArn",
  "logs",
  "name",
  "resourceName",
  "concurrency",
  "alarmTopic",
  "protectData",
  "code",
];
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const NAME = /^[a-z0-9.-]+(\/[A-Za-z0-9._~-]+)*$/;
/** What function, role, table and alias all take */
const RESOURCE_NAME = /^[a-z][a-z0-9-]{2,49}$/;
const LONGEST_NAME = 253;
/** All that Lambda lets into the environment of a function is 4 KB (Lambda quotas). */
const MOST_LOGS = 16;
const MOST_CHARACTERS = 3_072;
/** Signature type of a log's checkpoints (C2SP signed-note) */
const CHECKPOINT = 1;

/** @throws DeclarationError `witness.malformed`, and `property.unknown` */
export function checkedWitness(scope: Construct, props: AuditWitnessProps, where: string): CheckedWitness {
  onlyKnown(props, PROPERTIES, where);
  const host = fits(props.host, { pattern: HOST, property: "host", such: "witness.other.example" }, where);
  const certificate = certificateOf(props.certificateArn, where, CODE);
  const keys = logKeys(props.logs, where);
  notOfItsAccount(scope, keys, certificate, where);
  const { protectData = true } = props;
  if (typeof protectData !== "boolean")
    refuse(CODE, where, `protectData must be true or false, got ${shown(protectData)}`);
  return {
    host,
    certificate,
    logs: props.logs,
    keyName: fits(
      props.name ?? host,
      { pattern: NAME, property: "name", such: "witness.other.example, without https://" },
      where,
    ),
    resourceName: fits(
      props.resourceName ?? "ambit-witness",
      { pattern: RESOURCE_NAME, property: "resourceName", such: "ambit-witness, of 3 to 50 characters" },
      where,
    ),
    concurrency: concurrencyOf(props.concurrency ?? 50, where, CODE),
    actions: alarmActions(props.alarmTopic, { where, code: CODE, region: certificate.region }),
    protectData,
  };
}

interface Fitting {
  readonly pattern: RegExp;
  readonly property: string;
  readonly such: string;
}

function fits(value: unknown, { pattern, property, such }: Fitting, where: string): string {
  const text = plainString(value, where, property, CODE);
  if (pattern.test(text) && text.length <= LONGEST_NAME) return text;
  return refuse(CODE, where, `${property} must be a name such as ${such}, got ${shown(text)}`);
}

function logKeys(logs: unknown, where: string): readonly VerifierKey[] {
  if (!Array.isArray(logs) || logs.length === 0 || logs.length > MOST_LOGS) {
    const what = `logs must be the verifier keys of 1 to ${MOST_LOGS} logs`;
    return refuse(CODE, where, `${what}, got ${shown(Array.isArray(logs) ? logs.length : logs)}`);
  }
  const keys = logs.map((vkey, index) => logKey(vkey, `logs[${index}]`, where));
  if (new Set(logs).size < logs.length) refuse(CODE, where, `logs must name each key once, got ${shown(logs)}`);
  const { length } = logs.join();
  if (length > MOST_CHARACTERS) {
    const what = `logs must have ${MOST_CHARACTERS} characters in all, as Lambda takes no more, got ${length}`;
    refuse(CODE, where, `${what}: divide them among witnesses`);
  }
  return keys;
}

function logKey(vkey: unknown, property: string, where: string): VerifierKey {
  const text = plainString(vkey, where, property, CODE);
  const key = verifierKeyIn(text);
  if (key?.type === CHECKPOINT) return key;
  const got = key === undefined ? shown(text) : `one of type ${key.type}, ${shown(text)}`;
  const fix = "the log's owner finds it in what the exchange logs as audit.started";
  return refuse(
    CODE,
    where,
    `${property} must be the verifier key of a log, name+id+key, of type ${CHECKPOINT}, got ${got}: ${fix}`,
  );
}

/**
 * A witness in the log's own account would detect nothing that the account's owner hides. Only stacks created earlier
 * are known here.
 */
function notOfItsAccount(
  scope: Construct,
  keys: readonly VerifierKey[],
  { account }: Certificate,
  where: string,
): void {
  const stacks = scope.node.root.node.findAll().filter((found): found is AmbitStack => found instanceof AmbitStack);
  for (const { platform } of stacks) {
    const origin = auditLogOrigin(platform.trustDomain.name);
    if (platform.account !== account || keys.every(({ name }) => name !== origin)) continue;
    const what = `certificateArn must be of another account than that of the log ${shown(origin)}`;
    const fix = "put the witness into an account that owners of the platform cannot enter";
    refuse(CODE, where, `${what}, got ${shown(account)}, the account of platform ${shown(platform.name)}: ${fix}`);
  }
}
