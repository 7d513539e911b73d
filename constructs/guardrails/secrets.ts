/**
 * Shapes of credentials that are secret by themselves, by the prefix that their issuer documents.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (AKIA)
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-how.html (ABSK, bedrock-api-key-)
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github (ghp_, github_pat_)
 */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "access key of AWS": /\b(?:AKIA|ABIA|ACCA|ASIA)[A-Z2-7]{16}\b/,
  "private key": /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/,
  "token of GitHub": /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/,
  "token of GitLab": /\bglpat-[A-Za-z0-9_-]{20}/,
  "token of Slack": /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  "webhook of Slack": /\bhooks\.slack\.com\/(?:services|triggers|workflows)\/[A-Za-z0-9/_-]{20,}/,
  "webhook of Discord": /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{10,}\/[A-Za-z0-9_-]{20,}/,
  "token of npm": /\bnpm_[A-Za-z0-9]{36}/,
  "token of PyPI": /\bpypi-[A-Za-z0-9_-]{16,}/,
  "token of Vault": /\bhv[bs]\.[A-Za-z0-9_-]{20,}/,
  "key of SendGrid": /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  "token of Hugging Face": /\bhf_[A-Za-z]{30,}/,
  "API key of Bedrock": /\b(?:ABSK[A-Za-z0-9+/]{40,}|bedrock-api-key-[A-Za-z0-9+/=]{20,})/,
  "key of a model provider": /\bsk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,}/,
  "key of Stripe": /\b[rs]k_live_[A-Za-z0-9]{16,}/,
  "key of Google": /\bAIza[A-Za-z0-9_-]{35}/,
  "address with a password": /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"']*:[^\s:/@"'$][^\s/@"']*@/i,
  JWT: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}/,
};

/** A part of each text of a shape: most texts lack it, and it is found faster than the shape */
const PARTS: Readonly<Record<string, string>> = {
  "private key": "PRIVATE KEY-----",
  "token of GitLab": "glpat-",
  "token of Slack": "xox",
  "webhook of Slack": "hooks.slack.com",
  "webhook of Discord": "/webhooks/",
  "token of npm": "npm_",
  "token of PyPI": "pypi-",
  "token of Vault": "hv",
  "key of SendGrid": "SG.",
  "token of Hugging Face": "hf_",
  "key of a model provider": "sk-",
  "key of Stripe": "k_live_",
  "key of Google": "AIza",
  "address with a password": "://",
  JWT: "eyJ",
};

const SHAPES_WITH_PARTS = Object.entries(SHAPES).map(([name, shape]) => ({ name, shape, part: PARTS[name] ?? "" }));

/** Characters of the shortest credential that has a shape, such as `a://:b@c` */
const SHORTEST = 8;
/** A part of each text of any shape */
const ANY_PART = new RegExp(
  ["A(?:KIA|BIA|CCA|SIA)[A-Z2-7]", "gh[pousr]_", "github_pat_", "ABSK", "bedrock-api-key-"]
    .concat(Object.values(PARTS).map((part) => (part === "://" ? ":\\/\\/[^\\s/]*@" : part.replace(/[.]/g, "\\."))))
    .join("|"),
);

/** Whether a text may have a credential by its shape: for many texts, of which most have none */
export function mayHoldSecret(text: string): boolean {
  return text.length >= SHORTEST && ANY_PART.test(text);
}

const NONE: readonly string[] = [];

/** What a text has that is a credential by its shape, such as `private key` */
export function secretShapesIn(text: string): readonly string[] {
  if (!mayHoldSecret(text)) return NONE;
  const found: string[] = [];
  for (const { name, shape, part } of SHAPES_WITH_PARTS) if (text.includes(part) && shape.test(text)) found.push(name);
  return found;
}

const SECRET_NAME =
  /(?:^|[_./-])(?:pass|passw(?:or)?d|passphrase|pwd|secret|token|api_?key|apikey|access_?key|private_?key|secret_?key|client_?secret)(?:[_.-]?(?:value|string|\d+))?$/;

/** Whether a name, or a text, has a part of such a name: most have none */
export function mayNameSecret(text: string): boolean {
  return /pass|pwd|secret|token|key/i.test(text);
}

/** Whether a value of this name is a credential: `DB_PASSWORD` and `clientSecret`, but not `SECRET_ARN` and `TOKEN_FILE` */
export function isSecretName(name: string): boolean {
  if (!mayNameSecret(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
  return SECRET_NAME.test(words) && !NO_CREDENTIAL.test(words);
}

const STATIC_KEYS = new Set(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK"]);

/** Whether a variable of this name is a key of AWS that works until it is deleted, wherever its value is kept: workloads have roles */
export function isStaticKey(variable: string): boolean {
  return STATIC_KEYS.has(variable);
}

/** Tokens that are counted, that a model reads, or that name a place in a list */
const NO_CREDENTIAL =
  /(?:^|[_.-])(?:bos|continuation|continue|cursor|delta|eos|last|max|min|next|pad|page|start|stop|sync|unk)[_.-]?token$/;

/** Values that say that there is none, or only where it lies */
const NO_SECRET = /^(?:|true|false|null|none|\d{1,4}|(?:file|unix|spiffe|https?):\/\/.*|\/[^\s:=]*|arn:[^\s]*)$/i;

/** Whether a value under such a name is a credential, also one that is known at apply only */
export function isSecretValue(value: string): boolean {
  return !NO_SECRET.test(value.trim());
}
