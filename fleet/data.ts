import { Dataset } from "../constructs";

const key = (id: string, account = "111122223333"): string => `arn:aws:kms:eu-central-1:${account}:key/${id}`;

export const articles = Dataset.bucket("articles", {
  bucket: "acme-kb",
  prefix: "articles/",
  key: key("1c5f0c1e-7c1b-4a51-9a0e-000000000001"),
  sensitivity: "internal",
});
export const digests = Dataset.bucket("digests", {
  bucket: "acme-kb",
  prefix: "digests/",
  sensitivity: "internal",
  untrusted: true,
});
export const conversations = Dataset.table("conversations", {
  table: "conversations",
  key: key("1c5f0c1e-7c1b-4a51-9a0e-000000000002"),
  boundTo: "user",
  sensitivity: "confidential",
  untrusted: true,
});
export const ledger = Dataset.table("ledger", {
  table: "ledger",
  account: "444455556666",
  key: key("1c5f0c1e-7c1b-4a51-9a0e-000000000003", "444455556666"),
  indexes: ["by-day"],
  sensitivity: "restricted",
});
export const reconciliations = Dataset.bucket("reconciliations", {
  bucket: "acme-finance",
  prefix: "reconciliations/",
  key: key("1c5f0c1e-7c1b-4a51-9a0e-000000000003"),
  sensitivity: "restricted",
});
export const erpLogin = Dataset.secret("erp-login", { secret: "finance/erp-readonly", sensitivity: "confidential" });
export const buildLogs = Dataset.bucket("build-logs", {
  bucket: "acme-ci",
  prefix: "logs/",
  sensitivity: "internal",
  untrusted: true,
});

export const orders = Dataset.external("orders", { sensitivity: "restricted" });
export const tickets = Dataset.external("tickets", { sensitivity: "confidential", untrusted: true });
export const drafts = Dataset.external("drafts", { sensitivity: "confidential", untrusted: true });
export const pullRequests = Dataset.external("pull-requests", { sensitivity: "internal" });
