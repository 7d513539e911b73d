import type { Construct } from "constructs";
import { AgentBoundary } from "../constructs/access/agent-boundary";
import { AwsEndpoints } from "../constructs/access/aws-endpoints";
import { ExchangeRole } from "../constructs/exchange/exchange-role";
import { ExchangeTables } from "../constructs/exchange/exchange-tables";
import { AuditBucket } from "../constructs/oversight/audit-bucket";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { DataKey, SigningKey } from "../constructs/platform/key";

/** What everything else stands on and what must not be lost: keys, tables, audit records, boundary, the way to AWS. */
export class FoundationStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: AmbitStackProps) {
    super(scope, id, props);
    this.useAws();
    const { network, exchangeRoleArn } = this.platform;
    const data = new DataKey(this, "DataKey");
    const tokens = new SigningKey(this, "TokenKey", { signs: "tokens", signer: exchangeRoleArn });
    const registry = new SigningKey(this, "RegistryKey", { signs: "registry" });
    const tables = new ExchangeTables(this, "Tables", { keyArn: data.keyArn });
    const audit = new AuditBucket(this, "Audit", { keyArn: data.keyArn });
    new ExchangeRole(this, "ExchangeRole", {
      stateTableArn: tables.stateTableArn,
      registryTableArn: tables.registryTableArn,
      dataKeyArn: data.keyArn,
      tokenKeyArn: tokens.keyArn,
      registryKeyArn: registry.keyArn,
      auditBucketArn: audit.bucketArn,
    });
    const endpoints = network.kind === "vpc" ? new AwsEndpoints(this, "Endpoints", { network }) : undefined;
    new AgentBoundary(this, "Boundary", endpoints ?? {});
  }
}
