import { show } from "./private/values";

/**
 * First parts of the condition keys that may stand in a policy variable.
 *
 * A known list, because Terraform references use the same `${…}`: what is not listed is left to Terraform, which
 * refuses a colon there, so that a gap here fails at plan and never changes a policy.
 */
export const VARIABLE_PREFIXES = [
  "aws",
  "accounts.google.com",
  "bedrock",
  "bedrock-agentcore",
  "cognito-identity.amazonaws.com",
  "dynamodb",
  "ec2",
  "ecr",
  "eks",
  "execute-api",
  "graph.facebook.com",
  "iam",
  "kms",
  "lambda",
  "logs",
  "rds",
  "s3",
  "saml",
  "secretsmanager",
  "sns",
  "sqs",
  "ssm",
  "sts",
  "verifiedpermissions",
  "www.amazon.com",
] as const;

/** `(?!:)` spares provider functions of Terraform such as `${aws::f()}`; `${*}`, `${?}` and `${$}` are IAM literals. */
const VARIABLE_BODY = `(?:(?:${VARIABLE_PREFIXES.map((prefix) => prefix.replaceAll(".", "\\.")).join("|")}):(?!:)|[*?$]\\})`;

const VARIABLE_START = new RegExp(`\\$\\{(?=${VARIABLE_BODY})`, "gi");
const ESCAPED_VARIABLE_START = new RegExp(`\\$\\$\\{(?=${VARIABLE_BODY})`, "gi");
const VARIABLE = new RegExp(`\\$\\{(?=${VARIABLE_BODY})[^}]*\\}`, "gi");

/** Narrower than the charset of tags: no space, comma, quote or brace, which mean something inside a variable. */
const TAG_KEY = /^[A-Za-z0-9_.:/=+@-]{1,128}$/;

/**
 * The policy variable for a tag of the caller: `principalTag("ambit-user")` is `${aws:PrincipalTag/ambit-user}`.
 *
 * @param fallback value where the tag is missing; needed in a Deny, which would otherwise not apply
 * @default - without the tag, the condition does not hold
 * @throws if `key` is no tag key of 1 to 128 characters, or `fallback` holds other than letters, digits and `._:/=+@-`
 */
export function principalTag(key: string, fallback?: string): string {
  if (!TAG_KEY.test(key) || /^aws:/i.test(key)) {
    throw new Error(
      `tag key must be 1 to 128 letters, digits or characters of "_.:/=+@-" and not start with "aws:", got ${show(key)}`,
    );
  }
  if (fallback === undefined) return `\${aws:PrincipalTag/${key}}`;
  if (!TAG_KEY.test(fallback)) {
    throw new Error(
      `fallback of ${key} must be 1 to 128 letters, digits or characters of "_.:/=+@-", got ${show(fallback)}`,
    );
  }
  return `\${aws:PrincipalTag/${key}, '${fallback}'}`;
}

/** The policy variables in `text`, braces included, without Terraform references. */
export function variablesIn(text: string): readonly string[] {
  return text.match(VARIABLE) ?? [];
}

/** `text` with every policy variable replaced by `substitute`. */
export function replaceVariables(text: string, substitute: string): string {
  return text.replace(VARIABLE, () => substitute);
}

/**
 * Escape what Terraform would take for a template: `${aws:…}` becomes `$${aws:…}`, `%{` becomes `%%{`.
 *
 * References (`${TfToken[…]}`, `${aws_vpc_endpoint.x.id}`) stay as they are.
 */
export function escapeForTerraform(json: string): string {
  return json.replace(VARIABLE_START, () => "$${").replace(/%\{/g, "%%{");
}

/** The text AWS receives for `json` as written in Terraform, except references. Undoes {@link escapeForTerraform}. */
export function unescapeTerraform(json: string): string {
  return json.replace(ESCAPED_VARIABLE_START, () => "${").replace(/%%\{/g, "%{");
}
