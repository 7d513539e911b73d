import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with its private key, both in PEM */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateProps {
  readonly commonName: string;
  /** @default - none */
  readonly ipAddress?: readonly [number, number, number, number];
  /**
   * Such as SPIFFE IDs.
   *
   * @default - none
   */
  readonly uris?: readonly string[];
  /**
   * Who signs.
   *
   * @default - itself
   */
  readonly issuer?: { readonly commonName: string; readonly key: string };
  /**
   * Names of hosts.
   *
   * @default - none
   */
  readonly dnsNames?: readonly string[];
  /**
   * Seconds since the epoch.
   *
   * @default - from yesterday to tomorrow
   */
  readonly validity?: readonly [notBefore: number, notAfter: number];
  /**
   * Whether basic constraints say that it signs certificates.
   *
   * @default - where it signs itself
   */
  readonly authority?: boolean;
  /**
   * Certificates below an authority, besides the leaf.
   *
   * @default - any number
   */
  readonly pathLength?: number;
  /**
   * What the key is for.
   *
   * @default - to sign, and certificates too where it is an authority
   */
  readonly usage?: readonly KeyUse[];
  /** Extensions besides, such as {@link extension} makes */
  readonly more?: readonly Buffer[];
  /**
   * The key pair.
   *
   * @default - a new one on P-256
   */
  readonly pair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /**
   * How it is signed.
   *
   * @default - ECDSA with SHA-256
   */
  readonly signature?: { readonly algorithm: Buffer; readonly digest: string };
}

/** Bits of a key usage (RFC 5280 section 4.2.1.3) */
const USES = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 } as const;
export type KeyUse = keyof typeof USES;

const DAY_SECONDS = 86_400;

/** A certificate, made in the process: tests hold no key that outlives them (RFC 5280 section 4.1). */
export function certificate(props: CertificateProps): Certified {
  const { commonName, issuer, pair = generateKeyPairSync("ec", { namedCurve: "P-256" }) } = props;
  const { algorithm, digest } = props.signature ?? { algorithm: ECDSA_WITH_SHA256, digest: "sha256" };
  const now = Math.floor(Date.now() / 1_000);
  const [notBefore, notAfter] = props.validity ?? [now - DAY_SECONDS, now + DAY_SECONDS];
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(7),
    algorithm,
    name(issuer?.commonName ?? commonName),
    sequence(time(notBefore), time(notAfter)),
    name(commonName),
    pair.publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions(props))),
  );
  const signature = sign(digest, body, issuer?.key ?? pair.privateKey);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines(der)}\n-----END CERTIFICATE-----\n`, key };
}

const ECDSA_WITH_SHA256 = sequence(objectId([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALTERNATIVE_NAME = [0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const KEY_USAGE = [0x55, 0x1d, 0x0f];
const TRUE = tagged(0x01, Buffer.from([0xff]));

function extensions(props: CertificateProps): readonly Buffer[] {
  const { authority = props.issuer === undefined, pathLength, more = [] } = props;
  const depth = pathLength === undefined ? [] : [integer(pathLength)];
  const usage = props.usage ?? (authority ? ["digitalSignature", "keyCertSign"] : ["digitalSignature"]);
  const names = alternativeNames(props);
  return [
    ...(authority ? [extension(BASIC_CONSTRAINTS, sequence(TRUE, ...depth), true)] : []),
    ...(usage.length === 0 ? [] : [extension(KEY_USAGE, bits(usage), true)]),
    ...(names.length === 0 ? [] : [extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names))]),
    ...more,
  ];
}

function alternativeNames({ ipAddress, uris = [], dnsNames = [] }: CertificateProps): readonly Buffer[] {
  const addresses = ipAddress === undefined ? [] : [tagged(0x87, Buffer.from(ipAddress))];
  const hosts = dnsNames.map((host) => tagged(0x82, Buffer.from(host)));
  return [...addresses, ...hosts, ...uris.map((uri) => tagged(0x86, Buffer.from(uri)))];
}

/** The bits, and before them how many of the byte are not used */
function bits(uses: readonly KeyUse[]): Buffer {
  const byte = uses.reduce((all, use) => all | USES[use], 0);
  const unused = Math.log2(byte & -byte);
  return tagged(0x03, Buffer.from([unused, byte]));
}

/** @param value DER */
export function extension(id: readonly number[], value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), tagged(0x04, value));
}

function name(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId(COMMON_NAME), tagged(0x0c, Buffer.from(commonName)))));
}

function time(seconds: number): Buffer {
  const digits = new Date(seconds * 1_000).toISOString().replace(/\D/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

export function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]));
}

export function objectId(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

export function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function lines(der: Buffer): string {
  return (der.toString("base64").match(/.{1,64}/g) as readonly string[]).join("\n");
}
