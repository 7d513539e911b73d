import type { DataAwsDynamodbTable } from "@cdktf/provider-aws/lib/data-aws-dynamodb-table";
import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Kind } from "./kind";

export const TABLE = new Kind({
  what: "a table of DynamoDB",
  service: "dynamodb",
  place: "region and account",
  resource: /^table\/[A-Za-z0-9_.-]{3,255}$/,
  example: "arn:aws:dynamodb:eu-central-1:111122223333:table/orders",
  attribute: "tableArn",
  resources: { aws_dynamodb_table: "arn" },
});

/** A table of DynamoDB, such as `Table.fromTableArn` */
export interface ITable {
  readonly tableArn: string;
}

/** A table of DynamoDB, as a construct of the provider, or its ARN */
export type TableInput = ITable | DataAwsDynamodbTable | DynamodbTable | string;

/** A table of DynamoDB that is made elsewhere */
export class Table implements ITable {
  private constructor(public readonly tableArn: string) {}

  /**
   * A table by its ARN.
   *
   * @param tableArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromTableArn(tableArn: string): Table {
    return new Table(TABLE.checked(tableArn, { property: "tableArn", where: "table", code: "arn.malformed" }));
  }
}
