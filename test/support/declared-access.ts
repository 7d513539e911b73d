import {
  type AccessKind,
  type AgentDeclaration,
  BoundTableDataset,
  BucketDataset,
  type DataAccess,
  SecretDataset,
  type TableDataset,
  type Task,
} from "../../domain";
import type { Statement } from "../../iam";

/**
 * What a declaration opens in AWS, written a second time and as plainly as possible: the synthesized policies must
 * grant exactly these triples.
 */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  /** Condition as JSON with sorted keys, without the network and the account */
  readonly condition: string;
}

const REGION = "eu-central-1";
const ACCOUNT = "111122223333";

export function declaredGrants(agent: AgentDeclaration, task: Task): readonly string[] {
  return unique(task.awsData.flatMap((access) => grantsOf(agent, access)));
}

function grantsOf(agent: AgentDeclaration, access: DataAccess): readonly Grant[] {
  const { dataset, kinds } = access;
  if (dataset instanceof BucketDataset) return bucketGrants(dataset, kinds);
  if (dataset instanceof SecretDataset) {
    const arn = `arn:aws:secretsmanager:${REGION}:${dataset.account ?? ACCOUNT}:secret:${dataset.secret}-??????`;
    return [grant("secretsmanager:GetSecretValue", arn), ...keyGrants(dataset.key, "secretsmanager", ["Decrypt"])];
  }
  return tableGrants(agent, dataset as TableDataset | BoundTableDataset, kinds);
}

function bucketGrants(dataset: BucketDataset, kinds: readonly AccessKind[]): readonly Grant[] {
  const objects = `arn:aws:s3:::${dataset.bucket}/${dataset.prefix}*`;
  const grants: Grant[] = [];
  if (kinds.includes("read")) grants.push(grant("s3:GetObject", objects));
  if (kinds.includes("write")) grants.push(grant("s3:PutObject", objects), grant("s3:AbortMultipartUpload", objects));
  if (kinds.includes("delete")) grants.push(grant("s3:DeleteObject", objects));
  if (kinds.includes("list")) {
    grants.push(
      grant("s3:ListBucket", `arn:aws:s3:::${dataset.bucket}`, { StringLike: { "s3:prefix": `${dataset.prefix}*` } }),
    );
  }
  const uses = [...(kinds.includes("read") || kinds.includes("write") ? ["Decrypt"] : [])];
  if (kinds.includes("write")) uses.push("GenerateDataKey");
  return [...grants, ...keyGrants(dataset.key, "s3", uses)];
}

const TABLE_ACTIONS: Readonly<Record<AccessKind, readonly string[]>> = {
  read: ["BatchGetItem", "GetItem", "Query"],
  list: [],
  scan: ["Scan"],
  write: ["PutItem", "UpdateItem"],
  delete: ["DeleteItem"],
};

function tableGrants(
  agent: AgentDeclaration,
  dataset: TableDataset | BoundTableDataset,
  kinds: readonly AccessKind[],
): readonly Grant[] {
  const table = `arn:aws:dynamodb:${REGION}:${dataset.account ?? ACCOUNT}:table/${dataset.table}`;
  const leading =
    dataset instanceof BoundTableDataset
      ? {
          "ForAllValues:StringEquals": {
            "dynamodb:LeadingKeys":
              dataset.boundTo === "agent" ? agent.name : `\${aws:PrincipalTag/ambit-${dataset.boundTo}}`,
          },
          Null: { "dynamodb:LeadingKeys": "false" },
        }
      : {};
  const silent = kinds.includes("read") ? {} : { StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" } };
  const grants = kinds.flatMap((kind) =>
    TABLE_ACTIONS[kind].map((action) =>
      grant(`dynamodb:${action}`, table, { ...leading, ...(kind === "write" || kind === "delete" ? silent : {}) }),
    ),
  );
  const queries = kinds.includes("read")
    ? dataset.indexes.map((index) => grant("dynamodb:Query", `${table}/index/${index}`))
    : [];
  return [...grants, ...queries, ...keyGrants(dataset.key, "dynamodb", ["Decrypt"])];
}

function keyGrants(key: string | undefined, service: string, actions: readonly string[]): readonly Grant[] {
  if (key === undefined) return [];
  const condition = { StringEquals: { "kms:ViaService": `${service}.${REGION}.amazonaws.com` } };
  return actions.map((action) => grant(`kms:${action}`, key, condition));
}

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function grant(action: string, resource: string, condition: Conditions = {}): Grant {
  return { action, resource, condition: sortedJson(condition) };
}

/** The triples that the Allows of a policy grant, without the conditions that say where from and in which account */
export function grantedBy(statements: readonly Statement[], ignored: readonly string[] = []): readonly string[] {
  return unique(
    statements
      .filter((statement) => statement.Effect === "Allow")
      .flatMap((statement) =>
        list(statement.Action).flatMap((action) =>
          list(statement.Resource).map((resource) =>
            grant(action, resource, without((statement.Condition ?? {}) as Conditions, ignored)),
          ),
        ),
      ),
  );
}

function without(condition: Conditions, ignored: readonly string[]): Conditions {
  const kept = Object.entries(condition).map(([operator, tests]) => [
    operator,
    Object.fromEntries(Object.entries(tests).filter(([key]) => !ignored.includes(key))),
  ]);
  return Object.fromEntries(kept.filter(([, tests]) => Object.keys(tests as object).length > 0));
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function unique(grants: readonly Grant[]): readonly string[] {
  return [...new Set(grants.map((each) => `${each.action} ${each.resource} ${each.condition}`))].sort();
}

function sortedJson(condition: Conditions): string {
  const sorted = Object.keys(condition)
    .sort()
    .map((operator) => [operator, Object.fromEntries(Object.entries(condition[operator] ?? {}).sort())]);
  return JSON.stringify(Object.fromEntries(sorted));
}
