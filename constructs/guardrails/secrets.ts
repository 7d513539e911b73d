/**
 * Shapes of credentials that are secret by themselves, by the prefix that their issuer documents.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html (AKIA)
 * @see https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github (ghp_, github_pat_)
 */
const SHAPES: Readonly<Record<string, RegExp>> = {
  "access key of AWS": /\b(?:AKIA|ABIA|ACCA|ASIA)[A-Z2-7]{16}\b/,
  "private key": /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/,
  "token of GitHub": /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/,
  "token of GitLab": /\bglpat-[A-Za-z0-9_-]{20}/,
  "token of Slack": /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
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
  "key of a model provider": "sk-",
  "key of Stripe": "k_live_",
  "key of Google": "AIza",
  "address with a password": "://",
  JWT: "eyJ",
};

const SHAPES_WITH_PARTS = Object.entries(SHAPES).map(([name, shape]) => ({ name, shape, part: PARTS[name] ?? "" }));

/** What a text has that is a credential by its shape, such as `private key` */
export function secretShapesIn(text: string): readonly string[] {
  const found: string[] = [];
  for (const { name, shape, part } of SHAPES_WITH_PARTS) if (text.includes(part) && shape.test(text)) found.push(name);
  return found;
}

const SECRET_NAME =
  /(?:^|[_.-])(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|apikey|access_?key|private_?key|secret_?key|client_?secret)(?:[_.-]?(?:value|string|\d+))?$/;

/** Whether a value of this name is a credential: `DB_PASSWORD` and `clientSecret`, but not `SECRET_ARN` and `TOKEN_FILE` */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  return SECRET_NAME.test(words) && !NO_CREDENTIAL.test(words);
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
