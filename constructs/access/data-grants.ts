import {
  type AgentDeclaration,
  type AwsDataset,
  type BoundTableDataset,
  type BucketDataset,
  type DataAccess,
  refuse,
  type SecretDataset,
  SESSION_TAG,
  type TableDataset,
  type Task,
} from "../../domain";
import { compact, type Condition, dataStatements, type DataTarget, principalTag, type Statement } from "../../iam";
import type { Platform } from "../platform/platform";

/** Statements for the data of some tasks, without the network: what a session policy holds. */
export function dataAllows(tasks: readonly Task[], agent: AgentDeclaration, platform: Platform): readonly Statement[] {
  return statements(tasks, agent, platform, () => ({}));
}

/** The same, allowed only from the platform's network and in the data's own account: what a role holds. */
export function scopedDataAllows(
  tasks: readonly Task[],
  agent: AgentDeclaration,
  platform: Platform,
): readonly Statement[] {
  const { network } = platform;
  const vpc = network.kind === "vpc" ? { "aws:SourceVpc": network.vpc } : {};
  return statements(tasks, agent, platform, (account) => ({
    StringEquals: { "aws:ResourceAccount": account, ...vpc },
  }));
}

function statements(
  tasks: readonly Task[],
  agent: AgentDeclaration,
  platform: Platform,
  scope: (account: string) => Condition,
): readonly Statement[] {
  const allows = tasks.flatMap((task) =>
    task.awsData.flatMap((access) => {
      const target = targetOf(access, agent, platform);
      try {
        return dataStatements(target, access.kinds, scope(target.account));
      } catch (error) {
        return refuse("dataset.malformed", access.dataset.where, (error as Error).message);
      }
    }),
  );
  return compact(allows);
}

function targetOf({ dataset }: DataAccess<AwsDataset>, agent: AgentDeclaration, platform: Platform): DataTarget {
  const account = dataset.account ?? platform.account;
  if (!platform.accounts.includes(account)) {
    const fix = `add it to the platform's aws.dataAccounts, or correct the dataset's account`;
    refuse(
      "dataset.malformed",
      dataset.where,
      `account ${account} is not one of the platform's (${platform.accounts.join(", ")}): ${fix}`,
    );
  }
  const keyAccount = dataset.key?.split(":")[4] ?? account;
  if (!platform.accounts.includes(keyAccount)) {
    const sentence = `key is in account ${keyAccount}, which is not one of the platform's (${platform.accounts.join(", ")})`;
    refuse("dataset.malformed", dataset.where, `${sentence}: the boundary would deny its use`);
  }
  const place = { partition: platform.partition, account, region: platform.region };
  const key = dataset.key === undefined ? {} : { keyArn: dataset.key };
  const { kind } = dataset;
  switch (kind) {
    case "bucket": {
      const { bucket, prefix } = dataset as BucketDataset;
      return { kind, ...place, ...key, bucket, prefix };
    }
    case "secret":
      return { kind, ...place, ...key, secret: (dataset as SecretDataset).secret };
    case "table": {
      const { table, indexes, boundTo } = dataset as TableDataset | BoundTableDataset;
      const leading = boundTo === undefined ? {} : { leadingKey: leadingKey(boundTo, agent) };
      return { kind, ...place, ...key, table, indexes, ...leading };
    }
  }
}

function leadingKey(boundTo: "agent" | "user" | "session", agent: AgentDeclaration): string {
  return boundTo === "agent" ? agent.name : principalTag(SESSION_TAG[boundTo]);
}
