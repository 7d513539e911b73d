import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { KEY, type KeyInput } from "../aws/key";
import { platformOf } from "../platform/scope";
import { storeTable } from "../platform/store-table";

export interface ExchangeTablesProps {
  /** Encrypts them: a key of the platform's region */
  readonly key: KeyInput;
}

/**
 * What the exchange remembers: sessions, budgets, approvals and revocations in one table, keys of persons in another, signed registries in
 * the third.
 */
export class ExchangeTables extends Construct {
  public readonly stateTableArn: string;
  public readonly personKeyTableArn: string;
  public readonly registryTableArn: string;

  /** @throws DeclarationError `exchange.malformed` */
  constructor(scope: Construct, id: string, props: ExchangeTablesProps) {
    super(scope, id);
    const platform = platformOf(this);
    const { region } = platform;
    const where = `[${this.node.path}]`;
    const kmsKeyArn = KEY.arnOf(props.key, { property: "key", where, code: "exchange.malformed", region });
    const arnOf = (name: string): string =>
      `arn:${platform.partition}:dynamodb:${platform.region}:${platform.account}:table/${name}`;
    const table = (childId: string, name: string, { expires = false, recovered = true } = {}): string => {
      new DynamodbTable(this, childId, {
        name,
        ...storeTable(),
        // DynamoDB deletes late, so readers check expiresAt themselves.
        ...(expires ? { ttl: { attributeName: "expiresAt", enabled: true } } : {}),
        pointInTimeRecovery: { enabled: recovered },
        serverSideEncryption: { enabled: true, kmsKeyArn },
        deletionProtectionEnabled: platform.protectData,
        lifecycle: { preventDestroy: platform.protectData },
      });
      return arnOf(name);
    };
    this.stateTableArn = table("State", platform.stateTable, { expires: true });
    // A person is erased by the deletion of their key, which no backup may bring back.
    this.personKeyTableArn = table("PersonKeys", platform.personKeyTable, { recovered: false });
    this.registryTableArn = table("Registry", platform.registryTable);
  }
}
