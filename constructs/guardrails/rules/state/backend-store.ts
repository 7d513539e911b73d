import type { BlockRule } from "../../rule";

/** Stores that keep the state encrypted and ask who reads it. A local file is for trying out; the secrets that it would hold are refused by other rules. */
export const backendStore: BlockRule = {
  id: "AMBIT-STATE-BACKEND-STORE",
  severity: "medium",
  what: "the state must be kept by a store that encrypts it and knows its readers",
  why: "the state tells all addresses, roles and policies, and a change of it changes what the next apply does",
  fix: "keep the state in S3, or in another store of a cloud or of Terraform",
  standards: ["owasp-nhi/NHI2", "sp800-53/SC-28", "sp800-53/AC-3"],
  looksAt: [/^backend\./],
  *check({ type }) {
    if (!STORES.has(type)) yield { what: type, at: "", evidence: type };
  },
};

/** `http` and `pg` are judged by their connection. Consul, Kubernetes and etcd keep it in plain text by default. */
const STORES = new Set(["azurerm", "cloud", "cos", "gcs", "http", "local", "oci", "oss", "pg", "remote", "s3"]);
