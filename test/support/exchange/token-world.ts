import { type StartEvidenceProps, StartEvidenceVerifier } from "../../../runtime/exchange/start-evidence";
import { verifyDpop } from "../../../runtime/identity/dpop";
import { JwtSvidVerifier } from "../../../runtime/identity/jwt-svid";
import { type KeySource, StaticKeys } from "../../../runtime/jose/key-source";
import { Refusal } from "../../../runtime/refusal/refusal";
import type { EvidenceRequest, ProvenStart } from "../../../runtime/session/evidence";
import type { Run } from "../../../runtime/session/session";
import { KeySet } from "../../../runtime/signer/key-set";
import type { Signer } from "../../../runtime/signer/signer";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "../../../runtime/token/access-token";
import { ACCESS_TOKEN_URN, JWT_URN } from "../../../runtime/token/token-answer";
import { TokenReader } from "../../../runtime/token/token-reader";
import { jwkOf, type Members, signatureOf, type TokenKey, tokenKey } from "../tokens";
import { FRONT, smallFleet, TRIAGE, TRUST_DOMAIN } from "./small-fleet";

/** Codes with which evidence is refused, none where it proves a start */
export async function evidenceCodes(found: Promise<ProvenStart>): Promise<readonly string[]> {
  try {
    await found;
    return [];
  } catch (error) {
    if (error instanceof Refusal) return error.reasons.map(({ code }) => code);
    throw error;
  }
}

export const NOW = 1_800_000_000;
export const ISSUER = "https://exchange.prod.acme.example";
export const LOGIN = "https://login.acme.example";
export const SCHEDULER = "https://scheduler.acme.example";
/** A starter for events only */
export const WEBHOOKS = "https://webhooks.acme.example";

/** One key for each who signs, and an attacker's */
export const KEYS = {
  login: tokenKey("login-1"),
  scheduler: tokenKey("scheduler-1"),
  spire: tokenKey("spire-1"),
  exchange: tokenKey("exchange-1"),
  client: tokenKey(""),
  attacker: tokenKey("attacker"),
} as const;

/** A key set names these keys twice each */
export const TWICE = "twice";
const twins = [tokenKey(TWICE), tokenKey(TWICE)];
const algorithms = ["ES256", "ES384", "PS256", "RS256", "EdDSA"];
export const ownKeys = KeySet.of([signerOf(KEYS.exchange)]);

/** How many keys were looked for */
export const work = { lookUps: 0 };

function counted(keys: KeySource | Promise<KeySource>): KeySource {
  return {
    keyOf: async (kid, algorithm) => {
      work.lookUps += 1;
      return (await keys).keyOf(kid, algorithm);
    },
  };
}

const SOURCES: Readonly<Record<string, KeySource>> = {
  [LOGIN]: sourceOf(KEYS.login),
  [SCHEDULER]: sourceOf(KEYS.scheduler),
  [WEBHOOKS]: sourceOf(KEYS.scheduler),
  spire: sourceOf(KEYS.spire, { use: "jwt-svid" }),
};

function sourceOf(key: TokenKey, more: Members = {}): KeySource {
  return counted(new StaticKeys({ keys: [jwkOf(key, more), ...twins.map((twin) => jwkOf(twin))] }));
}

export function signerOf({ kid, privateKey, publicKey }: TokenKey): Signer {
  return {
    keyId: kid,
    sign: async (bytes) => signatureOf(Buffer.from(bytes).toString(), "ES256", privateKey),
    publicKeyPem: async () => publicKey.export({ type: "spki", format: "pem" }) as string,
  };
}

const issuer = (name: string) => ({ issuer: name, jwksUri: `${name}/keys`, algorithms });
export const fleet = smallFleet(
  [issuer(LOGIN)],
  [
    { ...issuer(SCHEDULER), starts: ["schedule", "event"] },
    { ...issuer(WEBHOOKS), starts: ["event"] },
  ],
);

/** The run of `front` that hands work on */
export const RUN: Run = {
  run: "run-1",
  txn: "run-1",
  agent: "front",
  spiffeId: FRONT,
  task: "ask",
  user: { issuer: LOGIN, subject: "ada" },
  start: "user",
  chain: [],
  evidence: { digest: "digest-1", until: NOW + 600 },
  sid: "sid-1",
  startedAt: NOW - 10,
  expiresAt: NOW + 600,
  done: [],
};

/** Runs that are known; a test may change them */
export const runs = new Map<string, Run>([[RUN.run, RUN]]);
export const reader = new TokenReader({ issuer: ISSUER, keys: counted(ownKeys) });
export const EVIDENCE: StartEvidenceProps = {
  issuer: ISSUER,
  keysOf: ({ issuer: name }) => SOURCES[name] as KeySource,
  tokens: reader,
  runs: { read: async (run) => runs.get(run) },
};
const verifier = new StartEvidenceVerifier(EVIDENCE);
const svids = new JwtSvidVerifier({ keys: SOURCES.spire as KeySource, trustDomain: TRUST_DOMAIN, audience: ISSUER });

/** Evidence for a task of `triage` */
export function proven(
  start: EvidenceRequest["start"],
  task: string,
  token: string | undefined,
  more: Partial<EvidenceRequest> & { readonly type?: string } = {},
  by = verifier,
): Promise<ProvenStart> {
  const agent = fleet.agentNamed("triage");
  const declared = agent?.tasks.get(task);
  if (agent === undefined || declared === undefined) throw new Error(`no task ${task}`);
  const type = more.type ?? (start === "delegation" ? ACCESS_TOKEN_URN : JWT_URN);
  const subjectToken = token === undefined ? undefined : { token, type };
  return by.verify({
    fleet,
    agent,
    task: declared,
    start,
    subjectToken,
    asked: async () => undefined,
    now: NOW,
    ...more,
  });
}

/** Sound claims of each token */
export const CLAIMS = {
  user: {
    iss: LOGIN,
    sub: "ada",
    aud: ISSUER,
    iat: NOW - 50,
    exp: NOW + 300,
    jti: "user-jti",
    client_id: "support-web",
    scope: "openid ambit:triage:answer",
  },
  start: { iss: SCHEDULER, sub: TRIAGE, aud: ISSUER, task: "sweep", jti: "start-jti", iat: NOW - 50, exp: NOW + 250 },
  own: {
    iss: ISSUER,
    sub: "ada",
    sub_id: { format: "iss_sub", iss: LOGIN, sub: "ada" },
    aud: "tool:crm",
    client_id: FRONT,
    iat: NOW - 10,
    exp: NOW + 200,
    jti: "own-jti",
    act: { sub: FRONT },
    task: "ask",
    run: RUN.run,
    txn: RUN.txn,
    sid: RUN.sid,
    scope: "search",
    cnf: { jkt: "thumbprint" },
  } satisfies AccessTokenClaims,
  svid: { sub: TRIAGE, aud: [ISSUER], iat: NOW - 10, exp: NOW + 290 },
  dpop: { htm: "POST", htu: `${ISSUER}/token`, iat: NOW, jti: "proof-jti" },
} as const;

export const PARENT_CLAIMS = {
  ...CLAIMS.own,
  aud: "exchange",
  jti: "parent-jti",
  may_act: { sub: TRIAGE },
  scope: "ambit:triage:look",
} satisfies AccessTokenClaims;

/** One kind of token that the exchange takes, with a sound one */
export interface Accepted {
  readonly name: string;
  readonly header: Members;
  readonly claims: Members;
  readonly key: TokenKey;
  /** Whether the header names the key, or holds it */
  readonly holds: "name" | "key";
  /** Its audience; undefined where the form names it otherwise */
  readonly audience: "aud" | undefined;
  /** Whether its `exp` is looked at */
  readonly expires: boolean;
  /** Codes of its refusals */
  readonly refusals: RegExp;
  /** What it proves */
  accept(token: string): Promise<unknown>;
}

const named = (typ: string | undefined, { kid }: TokenKey): Members => ({
  alg: "ES256",
  ...(typ === undefined ? {} : { typ }),
  kid,
});

const byName = { holds: "name", audience: "aud", expires: true } as const;

/** Every kind of token that is taken from outside */
export const ACCEPTED: readonly Accepted[] = [
  {
    name: "a user's token",
    header: named("at+jwt", KEYS.login),
    claims: CLAIMS.user,
    key: KEYS.login,
    ...byName,
    refusals: /^evidence\.[a-z-]+$/,
    accept: (token) => proven("user", "answer", token),
  },
  {
    name: "a start token",
    header: named("ambit-start+jwt", KEYS.scheduler),
    claims: CLAIMS.start,
    key: KEYS.scheduler,
    ...byName,
    refusals: /^evidence\.[a-z-]+$/,
    accept: (token) => proven("schedule", "sweep", token),
  },
  {
    name: "a parent token",
    header: named(ACCESS_TOKEN_TYPE, KEYS.exchange),
    claims: PARENT_CLAIMS,
    key: KEYS.exchange,
    ...byName,
    refusals: /^(?:evidence\.[a-z-]+|parent\.not-exchangeable)$/,
    accept: (token) => proven("delegation", "look", token),
  },
  {
    name: "an access token",
    header: named(ACCESS_TOKEN_TYPE, KEYS.exchange),
    claims: CLAIMS.own,
    key: KEYS.exchange,
    ...byName,
    refusals: /^token\.invalid$/,
    accept: (token) => reader.read(token, NOW),
  },
  {
    name: "a JWT-SVID",
    header: named("JWT", KEYS.spire),
    claims: CLAIMS.svid,
    key: KEYS.spire,
    ...byName,
    refusals: /^client\.unauthenticated$/,
    accept: (token) => svids.verify(token, NOW),
  },
  {
    name: "a DPoP proof",
    header: { alg: "ES256", typ: "dpop+jwt", jwk: KEYS.client.publicKey.export({ format: "jwk" }) },
    claims: CLAIMS.dpop,
    key: KEYS.client,
    holds: "key",
    audience: undefined,
    expires: false,
    refusals: /^dpop\.invalid$/,
    accept: (token) => verifyDpop(token, { method: "POST", url: `${ISSUER}/token`, now: NOW }),
  },
];
