import type { KeyOwner } from "../../platform/key";
import { PLATFORM_PATH } from "../../platform/names";
import type { CheckedWitness } from "./witness-checks";

export interface WitnessPlaces {
  /** Of function, role, table and API */
  readonly name: string;
  readonly owner: KeyOwner;
  readonly logGroup: string;
  readonly roleArn: string;
  readonly functionArn: string;
  readonly tableArn: string;
  readonly logArn: string;
}

/** Where what belongs to a witness is, from plain facts */
export function witnessPlaces({ certificate, resourceName: name, protectData }: CheckedWitness): WitnessPlaces {
  const { partition, region, account } = certificate;
  const inRegion = (service: string): string => `arn:${partition}:${service}:${region}:${account}`;
  const logGroup = `/aws/lambda/${name}`;
  return {
    name,
    owner: {
      partition,
      region,
      account,
      accountRoot: `arn:${partition}:iam::${account}:root`,
      protectData,
      keyAlias: (use) => `alias/${name}/${use}`,
    },
    logGroup,
    roleArn: `arn:${partition}:iam::${account}:role${PLATFORM_PATH}${name}`,
    functionArn: `${inRegion("lambda")}:function:${name}`,
    tableArn: `${inRegion("dynamodb")}:table/${name}`,
    logArn: `${inRegion("logs")}:log-group:${logGroup}`,
  };
}
