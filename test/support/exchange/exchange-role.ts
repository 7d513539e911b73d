import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { Platform } from "../../../constructs";
import { ExchangeRole, type ExchangeRoleProps } from "../../../constructs/exchange/exchange-role";
import type { Statement } from "../../../iam";
import { newStack, statementsOf, Template } from "../synth";

export const KEY = "arn:aws:kms:eu-central-1:111122223333:key/";
export const TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/ambit-prod-";

const AUDIT_BUCKET = "arn:aws:s3:::ambit-audit-prod-111122223333";
export const LOG = `${AUDIT_BUCKET}/log`;

/** The exchange's role, with some properties changed */
export function exchangeRole(changes: Partial<ExchangeRoleProps> = {}, platform?: Platform): Template {
  const stack = newStack(platform);
  new ExchangeRole(stack, "Exchange", {
    stateTable: `${TABLE}state`,
    personKeyTable: `${TABLE}person-keys`,
    registryTable: `${TABLE}registry`,
    dataKey: `${KEY}data`,
    tokenKeys: [`${KEY}tokens`, `${KEY}tokens-next`],
    logKey: `${KEY}audit-log`,
    auditBucket: AUDIT_BUCKET,
    ...changes,
  });
  return Template.of(stack);
}

/** Statements of the exchange's role whose actions are about this, such as `secretsmanager` */
export function exchangeRights(platform: Platform, about: RegExp): readonly Statement[] {
  const statements = statementsOf(exchangeRole({}, platform).only(IamRolePolicy).policy);
  return statements.filter(({ Action }) => about.test(JSON.stringify(Action)));
}
