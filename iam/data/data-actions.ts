import { compact } from "../compact";
import { allOf, type Condition } from "../condition";
import type { Statement } from "../statement";
import { checkPlace } from "./check";
import { DYNAMODB_ACTIONS, TABLE_ACTIONS, tableKeyStatements, tableStatements } from "./dynamodb";
import { KMS_ACTIONS } from "./kms";
import { BUCKET_ACTIONS, bucketKeyStatements, bucketStatements, S3_ACTIONS } from "./s3";
import { SECRETS_MANAGER_ACTIONS, secretKeyStatements, secretStatements } from "./secrets-manager";
import type { DataAccessKind, DataTarget } from "./target";

/** Every action that access to data can grant, sorted: what a permissions boundary lets through. */
export const DATA_ACTIONS: readonly string[] = Object.freeze(
  [...S3_ACTIONS, ...DYNAMODB_ACTIONS, ...SECRETS_MANAGER_ACTIONS, ...KMS_ACTIONS].sort(),
);

const ACTIONS: Readonly<Record<DataTarget["kind"], Readonly<Partial<Record<DataAccessKind, readonly string[]>>>>> = {
  bucket: BUCKET_ACTIONS,
  table: TABLE_ACTIONS,
  secret: { read: SECRETS_MANAGER_ACTIONS },
};

/** Actions on the data itself that an access grants, without those on its KMS key; none where such data has no such access */
export function dataActions(kind: DataTarget["kind"], access: DataAccessKind): readonly string[] {
  return ACTIONS[kind][access] ?? [];
}

/**
 * The Allows that give `accesses` to `target` and to nothing else, compact and sorted.
 *
 * @param scope condition on the data itself, such as `aws:SourceVpc` and `aws:ResourceAccount`; left out of the grants
 * on its KMS key, because the service calls KMS from its own network
 * @default - no further condition
 * @throws if `target` holds a name that AWS would not take, `accesses` is empty or not possible for its kind, a bound
 * table would be scanned or queried by index, or `scope` tests a key that the grant itself tests with that operator
 */
export function dataStatements(
  target: DataTarget,
  accesses: readonly DataAccessKind[],
  scope: Condition = {},
): readonly Statement[] {
  checkPlace(target);
  const { data, key } = grants(target, accesses);
  return compact([...data.map((statement) => narrowed(statement, scope)), ...key]);
}

interface Grants {
  readonly data: readonly Statement[];
  readonly key: readonly Statement[];
}

function grants(target: DataTarget, accesses: readonly DataAccessKind[]): Grants {
  switch (target.kind) {
    case "bucket":
      return { data: bucketStatements(target, accesses), key: bucketKeyStatements(target, accesses) };
    case "table":
      return { data: tableStatements(target, accesses), key: tableKeyStatements(target) };
    case "secret":
      return { data: secretStatements(target, accesses), key: secretKeyStatements(target) };
  }
}

function narrowed(statement: Statement, scope: Condition): Statement {
  if (Object.keys(scope).length === 0) return statement;
  return { ...statement, Condition: allOf(statement.Condition ?? {}, scope) };
}
