import { DynamodbResourcePolicy } from "@cdktf/provider-aws/lib/dynamodb-resource-policy";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import type { Construct } from "constructs";
import { PolicyDocument } from "../../../iam";
import { storeTable } from "../../platform/store-table";
import type { WitnessPlaces } from "./witness-places";

/** All that changes items of a table (DynamoDB, actions of the service authorization reference) */
const WRITES = [
  "BatchWriteItem",
  "DeleteItem",
  "PartiQLDelete",
  "PartiQLInsert",
  "PartiQLUpdate",
  "PutItem",
  "UpdateItem",
].map((action) => `dynamodb:${action}`);

/**
 * What a witness has cosigned last. Its items are sizes and roots that logs publish, so it has no key of its own.
 *
 * It has no backups: a table of before does not know what was cosigned since. The witness alone writes into it.
 */
export function witnessTable(
  scope: Construct,
  { name, owner, tableArn, roleArn }: WitnessPlaces,
): DynamodbResourcePolicy {
  const table = new DynamodbTable(scope, "Table", {
    name,
    ...storeTable(),
    pointInTimeRecovery: { enabled: false },
    deletionProtectionEnabled: owner.protectData,
    lifecycle: { preventDestroy: owner.protectData },
  });
  return new DynamodbResourcePolicy(scope, "TablePolicy", {
    resourceArn: table.arn,
    policy: onlyByWitness(tableArn, roleArn).toTerraform(),
  });
}

/** Who administers the account has to change this policy first, which CloudTrail writes down. */
function onlyByWitness(tableArn: string, roleArn: string): PolicyDocument {
  return PolicyDocument.of([
    {
      Sid: "WrittenByTheWitnessAlone",
      Effect: "Deny",
      Principal: "*",
      Action: WRITES,
      Resource: tableArn,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn } },
    },
  ]);
}
