import { BACKENDS, backendOf, settingsOf } from "../../private/settings";
import type { BlockRule } from "../../rule";
import type { BlockBody } from "../../value";

/** Literals and variables alike: the plan contains the arguments of a provider, and a key works until it is revoked. The folder `.terraform` contains the arguments of a backend too, and the state those by which another state is read. A token that AWS or Google mints for the machine is no such key. */
export const providerKey: BlockRule = {
  id: "AMBIT-CREDENTIALS-PROVIDER",
  severity: "critical",
  what: "a provider or backend may be given no key, password or token",
  why: "the key works from anywhere until it is deleted, and everyone who reads the code or the plan has it",
  fix: "let the provider become a role by the identity of the machine that runs it",
  standards: ["owasp-nhi/NHI7", "owasp-nhi/NHI2", "sp800-53/IA-5"],
  looksAt: [/^provider\./, ...BACKENDS],
  *check(block) {
    for (const { at, body: settings } of settingsOf(block)) {
      for (const key of PROVIDER_KEYS.filter((name) => isGiven(settings, name)))
        yield { what: key, at: `${at}${key}`, evidence: key };
    }
    const { at, body } = backendOf(block);
    const connection = block.mode === "provider" ? undefined : body["conn_str"];
    if (typeof connection === "string" && PASSWORD.test(connection))
      yield { what: "conn_str", at: `${at}conn_str`, evidence: "password in conn_str" };
  },
};

/** Arguments of providers and backends that are keys */
export const PROVIDER_KEYS = [
  "access_key",
  "access_token",
  "api_key",
  "api_token",
  "client_key",
  "client_secret",
  "credentials",
  "encryption_key",
  "password",
  "sas_token",
  "secret_id",
  "secret_key",
  "token",
  "web_identity_token",
];

/** In a connection to PostgreSQL, as an address or as words */
const PASSWORD = /\/\/[^/@:]*:[^/@]+@|\bpassword\s*=\s*\S/;

/** Tokens that the identity of the machine is given for minutes or hours, at each plan */
const MINTED =
  /^\$\{(?:data|ephemeral)\.(?:aws_ecr_authorization_token|aws_eks_cluster_auth|google_client_config|google_service_account_access_token)\.[\w-]+(?:\[0\])?\.\w+\}$/;

function isGiven(body: BlockBody, name: string): boolean {
  const value = body[name] ?? "";
  return value !== "" && !(typeof value === "string" && MINTED.test(value));
}
