import type { Json } from "../../domain";
import { isSecretName, isSecretValue, secretShapesIn } from "./secrets";
import type { StackJson } from "./stack";
import { isReference } from "./value";

/** In a script: the name of a secret, and a text that is no variable, path, ARN or command */
const ASSIGNED =
  /(?:^|[\s_"'-])(?:password|passwd|passphrase|pass|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret)["']?\s*[=:]\s*["']?(?!arn:)[^\s"'$/`{<(][^\s"']{7,}/im;

/** Attributes that are secret wherever they come from */
const SECRET_ATTRIBUTE =
  /\.(?:secret_string|secret_binary|master_password|password|bcrypt_hash|secret|ses_smtp_password_v4|private_key(?:_pem|_openssh|_pem_pkcs8)?|client_secret|auth_token|encrypted_password)\b|\brandom_password\.[\w-]+(?:\[[^\]]*\])?\.result\b/;

const WHERE_IT_IS = /\.(?:arn|id|name|key_id|secret_arn|version_id)\s*\}$/;

/** The kind of credential that a script holds, or gives to a variable whose name is that of a secret */
export function secretInScript(script: string, stack: StackJson): string | undefined {
  return (
    secretShapesIn(script)[0] ??
    secretReferredBy(script, stack) ??
    (ASSIGNED.test(script) ? "assigned secret" : undefined)
  );
}

/** Whether a named text is a credential by itself, or gives one to a variable; a reference is none. */
export function isSecretText(name: string, text: string): boolean {
  if (secretShapesIn(text).length > 0 || ASSIGNED.test(text)) return true;
  return isSecretName(name) && !isReference(text) && isSecretValue(text);
}

/** What secret a text refers to: an attribute that is one, or a variable that is sensitive */
function secretReferredBy(text: string, stack: StackJson): string | undefined {
  if (!isReference(text)) return undefined;
  if (SECRET_ATTRIBUTE.test(text)) return "reference to a secret";
  const variables = [...text.matchAll(/\bvar\.([A-Za-z_][\w-]*)/g)].map(([, name]) => name as string);
  const isSensitive = (name: string): boolean => {
    const sensitive = stack.at(`variable.${name}`)?.body["sensitive"];
    return sensitive === true || sensitive === "true";
  };
  return variables.some(isSensitive) ? "sensitive variable" : undefined;
}

/** JSON in a value, also by `jsonencode`: its members have names of their own */
function isStructured(value: string): boolean {
  return /^\s*(?:\$\{\s*jsonencode\(|[[{])/.test(value);
}

/**
 * The kind of secret that a named value is; undefined where it is none, or says where one is kept.
 *
 * What is told of it never holds the secret itself, as findings are printed.
 */
export function secretIn(name: string, value: Json | undefined, stack: StackJson): string | undefined {
  if (typeof value !== "string") return undefined;
  const known = secretShapesIn(value)[0] ?? secretReferredBy(value, stack);
  if (known !== undefined) return known;
  if (!isSecretName(name)) return isStructured(value) ? secretInScript(value, stack) : undefined;
  if (isReference(value)) return WHERE_IT_IS.test(value) ? undefined : "reference in a secret's place";
  return isSecretValue(value) ? "text in a secret's place" : undefined;
}
