import { sign } from "node:crypto";
import cases from "../../cases/exchange/hostile-tokens.json";
import { compact, encoded, type Members, secretsOf, signatureOf, tokenKey, withSecret } from "../tokens";
import { type Accepted, KEYS, NOW } from "./token-world";

/** What is wrong with a token, and the token */
type Hostile = readonly [name: string, token: string];

/** Order of the curve P-256 (SEC 2) */
const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const LONGEST = 16_384;

/** Tokens that must be refused, made from a sound one of this kind; all but few are signed with the right key. */
export function hostileTokens(kind: Accepted): readonly Hostile[] {
  return [
    ...headers(kind),
    ...texts(kind),
    ...audiences(kind),
    ...times(kind),
    ...confusions(kind),
    ...signatures(kind),
    ...forms(kind),
    ...sizes(kind),
  ];
}

export function soundToken({ header, claims, key }: Accepted): string {
  return compact(header, claims, key.privateKey);
}

function headers({ header, claims, key, holds }: Accepted): readonly Hostile[] {
  const rows: readonly { name: string; set?: object; unset?: readonly string[]; for?: string }[] = cases.headers;
  return rows
    .filter((row) => row.for === undefined || row.for === holds)
    .map(({ name, set, unset = [] }) => {
      const changed = Object.fromEntries(Object.entries({ ...header, ...set }).filter(([m]) => !unset.includes(m)));
      return [`header ${name}`, compact(changed, claims, key.privateKey)] as const;
    });
}

function texts({ header, claims, key }: Accepted): readonly Hostile[] {
  return cases.texts.flatMap(({ name, text }) => {
    const of = (members: Members) => text.replaceAll("$members", JSON.stringify(members).slice(1, -1));
    return [
      [`header is ${name}`, compact(of(header), claims, key.privateKey)],
      [`payload is ${name}`, compact(header, of(claims), key.privateKey)],
    ] as const;
  });
}

function audiences({ header, claims, key, audience }: Accepted): readonly Hostile[] {
  if (audience === undefined) return [];
  const right = [claims.aud].flat()[0] as string;
  return cases.audiences.map(({ name, aud }) => {
    const text = JSON.stringify(aud).replaceAll("$aud", right);
    const members = { ...claims, aud: aud === null ? undefined : (JSON.parse(text) as unknown) };
    return [`audience is ${name}`, compact(header, members, key.privateKey)] as const;
  });
}

const TIMES: Readonly<Record<string, unknown>> = {
  ms: (NOW + 10) * 1_000,
  text: String(NOW + 10),
  max: Number.MAX_VALUE,
  negative: -1,
  list: [NOW + 10],
};

function times({ header, claims, key, expires }: Accepted): readonly Hostile[] {
  const rows: readonly Readonly<Record<string, unknown>>[] = cases.times;
  return rows.flatMap((row) => {
    const [name, member] = [row.name as string, "exp" in row ? "exp" : "iat"];
    const at = row[member];
    const value = at === null ? undefined : typeof at === "number" ? NOW + at : TIMES[at as string];
    if (member === "exp" && !expires) return [];
    return [[`it ${name}`, compact(header, { ...claims, [member]: value }, key.privateKey)] as const];
  });
}

/** The public key as a secret, a key of another kind, and keys that the attacker brings */
function confusions({ header, claims, key }: Accepted): readonly Hostile[] {
  const secrets = Object.entries(secretsOf(key.publicKey)).flatMap(([name, secret]) =>
    ["HS256", "HS384", "HS512"].map(
      (alg) => [`${alg} with ${name} as the secret`, withSecret({ ...header, alg }, claims, secret)] as const,
    ),
  );
  const [edwards, large, rsa] = [tokenKey("e", "EdDSA"), tokenKey("l", "ES384"), tokenKey("r", "RS256")];
  const attacker = KEYS.attacker;
  const jwk = attacker.publicKey.export({ format: "jwk" });
  const embedded = header.jwk === undefined ? {} : { jwk: key.publicKey.export({ format: "jwk" }) };
  return [
    ...secrets,
    ["a signature by another key of the same kind", compact({ ...header, ...embedded }, claims, attacker.privateKey)],
    ["a signature of Ed25519 that says so", compact({ ...header, alg: "EdDSA" }, claims, edwards.privateKey)],
    ["a signature of Ed25519 that says ES256", compact(header, claims, edwards.privateKey)],
    ["a signature on P-384 that says so", compact({ ...header, alg: "ES384" }, claims, large.privateKey)],
    ["a signature on P-384 that says ES256", compact(header, claims, large.privateKey)],
    ["a signature of RSA that says so", compact({ ...header, alg: "RS256" }, claims, rsa.privateKey)],
    ["a signature of RSA that says PS256", compact({ ...header, alg: "PS256" }, claims, rsa.privateKey)],
    ["a signature over SHA-384", compact(header, claims, key.privateKey, "ES384")],
    [
      "an attacker's key beside its name",
      compact({ ...header, kid: "x", jwk }, { ...claims, aud: "x", htm: "x" }, attacker.privateKey),
    ],
    ["an attacker's key in the header, named as the right one", withKey(header, claims, jwk)],
    [
      "a private key in the header",
      compact({ ...header, jwk: key.privateKey.export({ format: "jwk" }) }, claims, key.privateKey),
    ],
    [
      "a key on P-384 in the header",
      compact({ ...header, alg: "ES384", jwk: large.publicKey.export({ format: "jwk" }) }, claims, large.privateKey),
    ],
    [
      "a key of RSA in the header",
      compact({ ...header, alg: "RS256", jwk: rsa.publicKey.export({ format: "jwk" }) }, claims, rsa.privateKey),
    ],
    [
      "a key of Ed25519 in the header",
      compact(
        { ...header, alg: "EdDSA", jwk: edwards.publicKey.export({ format: "jwk" }) },
        claims,
        edwards.privateKey,
      ),
    ],
  ];
}

/** A proof may hold any key, so there the key is one for another use. */
function withKey(header: Members, claims: Members, jwk: Members): string {
  const key = header.jwk === undefined ? jwk : { ...jwk, use: "enc" };
  return compact({ ...header, jwk: key }, claims, KEYS.attacker.privateKey);
}

function signatures({ header, claims, key }: Accepted): readonly Hostile[] {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  const sound = signatureOf(signed, "ES256", key.privateKey);
  const [r, s] = [sound.subarray(0, 32), sound.subarray(32)];
  const [zero, order] = [Buffer.alloc(32), bytesOf(ORDER)];
  const der = sign("sha256", Buffer.from(signed), key.privateKey);
  const other = compact(header, { ...claims, more: 1 }, key.privateKey).split(".")[2] as string;
  const rows: readonly (readonly [string, Buffer])[] = [
    ["nothing", Buffer.alloc(0)],
    ["r = 0 and s = 0", Buffer.concat([zero, zero])],
    ["r = 0", Buffer.concat([zero, s])],
    ["s = 0", Buffer.concat([r, zero])],
    ["r = 1 and s = 1", Buffer.concat([bytesOf(1n), bytesOf(1n)])],
    ["r = n and s = n", Buffer.concat([order, order])],
    ["r = n", Buffer.concat([order, s])],
    ["s = n", Buffer.concat([r, order])],
    ["all bits set", Buffer.alloc(64, 0xff)],
    ["r and s in the other order", Buffer.concat([s, r])],
    ["DER", der],
    ["63 bytes", sound.subarray(0, 63)],
    ["63 bytes, the first one missing", sound.subarray(1)],
    ["a zero in front", Buffer.concat([Buffer.alloc(1), sound])],
    ["a zero behind", Buffer.concat([sound, Buffer.alloc(1)])],
    ["a zero in front of each half", Buffer.concat([Buffer.alloc(1), r, Buffer.alloc(1), s])],
    ["r alone", r],
    ["the signature twice", Buffer.concat([sound, sound])],
    ["4 KiB", Buffer.alloc(4_096, 1)],
    ["its text", Buffer.from(sound.toString("base64url"))],
    ["that of another payload", Buffer.from(other, "base64url")],
  ];
  return rows.map(([name, bytes]) => [`signature is ${name}`, `${signed}.${bytes.toString("base64url")}`] as const);
}

function bytesOf(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(64, "0"), "hex");
}

/** Other ways to write the same, or nearly the same */
function forms(kind: Accepted): readonly Hostile[] {
  const { header, claims, key } = kind;
  const token = soundToken(kind);
  const [h, p, s] = token.split(".") as [string, string, string];
  const around = ["\n", " ", "\t", "\0", ".", "=", ",", ";", "\ufeff", "\u200b"].flatMap((character) => {
    const shown = JSON.stringify(character);
    return [
      [`form has ${shown} behind`, `${token}${character}`],
      [`form has ${shown} in front`, `${character}${token}`],
      [`form has ${shown} behind its header`, `${h}${character}.${p}.${s}`],
      [`form has ${shown} behind its payload`, `${h}.${p}${character}.${s}`],
    ] as const;
  });
  return [
    ...around,
    ["form is nothing", ""],
    ["form is a dot", "."],
    ["form is two dots", ".."],
    ["form is three dots", "..."],
    ["form has a header only", h],
    ["form has a header and a payload", `${h}.${p}`],
    ["form has an empty header", `.${p}.${s}`],
    ["form has an empty payload", `${h}..${s}`],
    ["form has four parts", `${token}.${s}`],
    ["form has five parts", `${h}.${p}.${s}.${p}.${s}`],
    ["form has a scheme", `Bearer ${token}`],
    ["form is two tokens", `${token}~${token}`],
    ["form is JSON", JSON.stringify({ protected: h, payload: p, signature: s })],
    ["form is percent-encoded", encodeURIComponent(token).replaceAll(".", "%2E")],
    ["form is quoted", `"${token}"`],
    ["form has padding in its signature", `${h}.${p}.${s}==`],
    ["form has bits behind its signature", `${h}.${p}.${twin(s)}`],
    ["form has bits behind its header", unaligned(header, claims, key.privateKey, "header")],
    ["form has bits behind its payload", unaligned(header, claims, key.privateKey, "payload")],
    ["form is in the alphabet of base64", standard(kind)],
    ["form has an invalid byte of UTF-8", bytesIn(kind, Buffer.from([0xff]))],
    ["form has a long form of a dot in UTF-8", bytesIn(kind, Buffer.from([0xc0, 0xae]))],
    ["form has half a character in UTF-8", bytesIn(kind, Buffer.from([0xed, 0xa0, 0x80]))],
    ["form is in UTF-16", inUtf16(kind)],
  ];
}

/** Another text of the same bytes: the last character has bits that no byte uses. */
function twin(part: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const changed = `${part.slice(0, -1)}${alphabet[alphabet.indexOf(part.at(-1) as string) | 1]}`;
  if (changed === part || part.length % 4 === 0) throw new Error("the part has no twin");
  return changed;
}

/** Signed as it stands, with a part that is not canonical */
function unaligned(header: Members, claims: Members, key: Accepted["key"]["privateKey"], part: string): string {
  const padded = (members: Members) => {
    const text = JSON.stringify(members);
    return encoded(text.padEnd(text.length + ((4 - (text.length % 3)) % 3), " "));
  };
  const [h, p] = [padded(header), padded(claims)];
  const signed = part === "header" ? `${twin(h)}.${p}` : `${h}.${twin(p)}`;
  return `${signed}.${signatureOf(signed, "ES256", key).toString("base64url")}`;
}

function standard({ header, claims, key }: Accepted): string {
  const signed = `${encoded(header)}.${Buffer.from(JSON.stringify({ ...claims, more: "~~~???>>>ÿ" })).toString("base64")}`;
  return `${signed}.${signatureOf(signed, "ES256", key.privateKey).toString("base64url")}`;
}

function bytesIn(kind: Accepted, bytes: Buffer): string {
  const text = Buffer.from(JSON.stringify({ ...kind.claims, more: "@" }));
  const at = text.lastIndexOf("@");
  return signedBytes(kind, Buffer.concat([text.subarray(0, at), bytes, text.subarray(at + 1)]));
}

function inUtf16(kind: Accepted): string {
  return signedBytes(kind, Buffer.from(JSON.stringify(kind.claims), "utf16le"));
}

function signedBytes({ header, key }: Accepted, payload: Buffer): string {
  const signed = `${encoded(header)}.${payload.toString("base64url")}`;
  return `${signed}.${signatureOf(signed, "ES256", key.privateKey).toString("base64url")}`;
}

function sizes(kind: Accepted): readonly Hostile[] {
  const { header, claims, key } = kind;
  const filled = (length: number) => compact(header, { ...claims, more: "x".repeat(length) }, key.privateKey);
  const deep = (levels: number) =>
    compact(
      header,
      `{${JSON.stringify(claims).slice(1, -1)},"more":${"[".repeat(levels)}${"]".repeat(levels)}}`,
      key.privateKey,
    );
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`member-${index}`, index]));
  return [
    ["size is a byte too much", `${soundToken(kind)}.`.padEnd(LONGEST + 1, "A")],
    ["size is a payload of 16 KiB", filled(LONGEST)],
    ["size is a payload of 1 MiB", filled(1_048_576)],
    ["size is a signature of 1 MiB", `${soundToken(kind)}${"A".repeat(1_048_576)}`],
    ["size is a header of 64 KiB", compact({ ...header, more: "x".repeat(65_536) }, claims, key.privateKey)],
    ["size is 1 MiB of dots", ".".repeat(1_048_576)],
    ["size is 16 KiB of dots", ".".repeat(LONGEST)],
    ["size is 20,000 members", compact(header, { ...claims, ...many }, key.privateKey)],
    ["depth is 5,000 lists", deep(5_000)],
    ["depth is 200,000 lists", deep(200_000)],
    ["depth is 5,000 open lists", compact(header, "[".repeat(5_000), key.privateKey)],
    ["depth is 2,000 open objects", compact(header, '{"a":'.repeat(2_000), key.privateKey)],
  ];
}
