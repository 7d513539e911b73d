import type { Json } from "../../domain";
import type { StackJson } from "./stack";
import { isReference } from "./value";

/**
 * Shapes of credentials that are secret by themselves, by the prefix that their issuer documents.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (AKIA)
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github (ghp_, github_pat_)
 */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "access key of AWS": /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/,
  "private key": /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/,
  "token of GitHub": /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/,
  "token of GitLab": /\bglpat-[A-Za-z0-9_-]{20}/,
  "token of Slack": /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  "key of a model's API": /\bsk-[A-Za-z0-9_-]{20,}/,
  "key of Stripe": /\b[rs]k_live_[A-Za-z0-9]{16,}/,
  "key of Google": /\bAIza[A-Za-z0-9_-]{35}/,
  "address with a password": /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:[^\s:/@"'$][^\s/@"']*@/i,
  JWT: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/,
};

/** What a text has that is a credential by its shape, such as `private key` */
export function secretShapesIn(text: string): readonly string[] {
  return Object.entries(SHAPES).flatMap(([name, shape]) => (shape.test(text) ? [name] : []));
}

function firstShapeIn(text: string): string | undefined {
  return secretShapesIn(text)[0];
}

const SECRET_NAME =
  /(?:^|[_.-])(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|apikey|access_?key|private_?key|secret_?key|client_?secret)(?:[_.-]?(?:value|string|\d+))?$/;

/** Whether a value of this name is a credential: `DB_PASSWORD` and `clientSecret`, but not `SECRET_ARN` and `TOKEN_FILE` */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase());
}

/** Values that say that there is none, or only where it lies */
const NO_SECRET =
  /^(?:|true|false|null|none|\d{1,4}|alias\/.*|(?:file|unix|spiffe|https?):\/\/.*|\/[^\s:=]*|arn:[^\s]*)$/i;

/** Whether a value under such a name is a credential, also one that is known at apply only */
export function isSecretValue(value: string): boolean {
  return !NO_SECRET.test(value.trim());
}

const NOUNS = "password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|client_?secret|credentials?";

/** In a script: the name of a secret, and a text that is no variable, path, ARN or command */
const ASSIGNED = new RegExp(
  `(?:^|[\\s_"'-])(?:${NOUNS})["']?\\s*[=:]\\s*["']?(?!arn:)[^\\s"'$/\`{<(][^\\s"']{7,}`,
  "im",
);

/** Attributes that are secret wherever they come from */
const SECRET_ATTRIBUTE =
  /\.(?:secret_string|secret_binary|master_password|password|bcrypt_hash|secret|ses_smtp_password_v4|private_key(?:_pem|_openssh|_pem_pkcs8)?|client_secret|auth_token|encrypted_password)\b|\brandom_password\.[\w-]+(?:\[[^\]]*\])?\.result\b/;

const WHERE_IT_IS = /\.(?:arn|id|name|key_id|secret_arn|version_id)\s*\}$/;

/** The kind of credential that a script holds, or gives to a variable whose name is that of a secret */
export function credentialInScript(script: string, stack: StackJson): string | undefined {
  return (
    firstShapeIn(script) ?? secretReferredBy(script, stack) ?? (ASSIGNED.test(script) ? "assigned secret" : undefined)
  );
}

/** What secret a text refers to: an attribute that is one, or a variable that is sensitive */
export function secretReferredBy(text: string, stack: StackJson): string | undefined {
  if (!isReference(text)) return undefined;
  if (SECRET_ATTRIBUTE.test(text)) return "reference to a secret";
  const variables = [...text.matchAll(/\bvar\.([A-Za-z_][\w-]*)/g)].map(([, name]) => name as string);
  return variables.some((name) => {
    const sensitive = stack.at(`variable.${name}`)?.body["sensitive"];
    return sensitive === true || sensitive === "true";
  })
    ? "sensitive variable"
    : undefined;
}

/**
 * The kind of secret that a named value is; undefined where it is none, or says where one is kept.
 *
 * What is told of it never holds the secret itself, as findings are printed.
 */
export function secretIn(name: string, value: Json | undefined, stack: StackJson): string | undefined {
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const known = firstShapeIn(value) ?? secretReferredBy(value, stack);
  if (known !== undefined) return known;
  if (!isSecretName(name)) return undefined;
  if (isReference(value)) return WHERE_IT_IS.test(value) ? undefined : "reference in a secret's place";
  return isSecretValue(value) ? "text in a secret's place" : undefined;
}
