import { blockOf, type BlockBody, numberOf, textOf, UndecidedValue } from "../value";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** An attribute that says how long credentials or tokens live */
export interface Lifetime {
  readonly at: string;
  /** In seconds */
  readonly most: number;
  /** ISO 8601; in place of seconds */
  readonly isIso?: true;
  /** Of Cognito, what the number counts: its name in `token_validity_units`, and the default */
  readonly unit?: readonly [name: string, unit: string];
}

/** One hour is the shortest that IAM takes as the longest session of a role. */
const SESSION = HOUR;

/** A working day: IAM Identity Center signs people in for eight hours, if nothing else is set. */
const WORKING_DAY = 8 * HOUR;

/** Access and id tokens are good until they end, also when the user is signed out. The default of refresh tokens is 30 days. */
const OF_CLIENT: readonly Lifetime[] = [
  { at: "access_token_validity", most: HOUR, unit: ["access_token", "hours"] },
  { at: "id_token_validity", most: HOUR, unit: ["id_token", "hours"] },
  { at: "refresh_token_validity", most: 30 * DAY, unit: ["refresh_token", "days"] },
];

/**
 * By type.
 *
 * @see https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html
 */
export const LIFETIMES: Readonly<Record<string, readonly Lifetime[]>> = {
  aws_cognito_managed_user_pool_client: OF_CLIENT,
  aws_cognito_user_pool_client: OF_CLIENT,
  aws_iam_role: [{ at: "max_session_duration", most: SESSION }],
  aws_iot_role_alias: [{ at: "credential_duration", most: SESSION }],
  aws_rolesanywhere_profile: [{ at: "duration_seconds", most: SESSION }],
  aws_ssoadmin_permission_set: [{ at: "session_duration", most: WORKING_DAY, isIso: true }],
};

/** Seconds that are written; undefined where they are left out. @throws UndecidedValue for what is known at apply only */
export function secondsIn(body: BlockBody, { at, isIso, unit }: Lifetime): number | undefined {
  if (isIso === true) {
    const text = textOf(body, at);
    return text === undefined ? undefined : secondsOfIso(text, at);
  }
  const amount = numberOf(body, at);
  // Cognito takes zero as the default.
  if (unit === undefined || amount === undefined || amount === 0) return amount;
  const [name, byDefault] = unit;
  const written = textOf(blockOf(body, UNITS) ?? {}, name, `${UNITS}.${name}`) ?? byDefault;
  const seconds = SECONDS[written];
  if (seconds === undefined) throw new UndecidedValue(`${UNITS}.${name}`, written, `${written} is no unit of time`);
  return amount * seconds;
}

const UNITS = "token_validity_units";
const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: HOUR, days: DAY };

/** Days, hours, minutes and seconds: what IAM Identity Center takes */
function secondsOfIso(text: string, at: string): number {
  const found = /^P(?!$)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (found === null) throw new UndecidedValue(at, text, `${at} is no duration, such as PT1H`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((each) => Number(each ?? 0));
  return days * DAY + hours * HOUR + minutes * 60 + seconds;
}
