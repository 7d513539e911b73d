import type { BlockRule } from "../../rule";
import { isSecretName } from "../../secrets";
import { typeKey } from "../../stack";
import { type BlockBody, flagOf } from "../../value";

/** Data sources whose result is a secret, wherever it is used. A token that is minted for minutes or hours is none. */
const SECRETS: ReadonlySet<string> = new Set([
  "data.aws_kms_secrets",
  "data.aws_secretsmanager_random_password",
  "data.aws_secretsmanager_secret_version",
  "data.azurerm_key_vault_secret",
  "data.google_secret_manager_secret_version",
  "data.kubernetes_secret",
  "data.kubernetes_secret_v1",
  "data.onepassword_item",
  "data.vault_aws_access_credentials",
  "data.vault_generic_secret",
  "data.vault_kv_secret",
  "data.vault_kv_secret_v2",
]);

/** Parameters may be secret or not: one is by its name, and of those below a path any may be. */
const PARAMETERS = ["data.aws_ssm_parameter", "data.aws_ssm_parameters_by_path"];

/** The state keeps the result of a data source, as it does that of a resource. An ephemeral resource has none there. */
export const readSecret: BlockRule = {
  id: "AMBIT-CREDENTIALS-READ",
  severity: "high",
  what: "no secret may be read by a data source",
  why: "Terraform keeps what it read in its state, in plain text, and everyone who reads the state has it",
  fix: "read it by an ephemeral resource of the same name, or by the role of the workload that needs it",
  standards: ["owasp-nhi/NHI2", "sp800-53/IA-5"],
  looksAt: [...SECRETS, ...PARAMETERS],
  *check(block) {
    const what = typeKey(block);
    const { body } = block;
    if (!SECRETS.has(what) && !mayBeSecret(what, body)) return;
    yield { what, at: "", evidence: body["secret_id"] ?? body["name"] ?? body["path"] ?? null };
  },
};

/** Without decryption, only those who may use the key can read the result. */
function mayBeSecret(what: string, body: BlockBody): boolean {
  if (flagOf(body, "with_decryption") === false) return false;
  const [name, path] = [String(body["name"] ?? ""), String(body["path"] ?? "")];
  return what === "data.aws_ssm_parameter"
    ? isSecretName(name.replace(/^.*\//, ""))
    : !path.startsWith("/aws/service/");
}
