import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bits, integer, objectId, octets, sequence, set, tagged, time, TRUE, utf8 } from "../../cli/dev/der";

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
   * Addresses besides.
   *
   * @default - none
   */
  readonly ipAddresses?: readonly (readonly number[])[];
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
    tagged(0xa0, integer(Buffer.of(2))),
    integer(Buffer.of(7)),
    algorithm,
    name(issuer?.commonName ?? commonName),
    sequence(time(new Date(notBefore * 1_000)), time(new Date(notAfter * 1_000))),
    name(commonName),
    pair.publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions(props))),
  );
  const signature = sign(digest, body, issuer?.key ?? pair.privateKey);
  const der = sequence(body, algorithm, bits(signature));
  const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines(der)}\n-----END CERTIFICATE-----\n`, key };
}

const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const KEY_USAGE = "2.5.29.15";

function extensions(props: CertificateProps): readonly Buffer[] {
  const { authority = props.issuer === undefined, pathLength, more = [] } = props;
  const depth = pathLength === undefined ? [] : [integer(Buffer.of(pathLength))];
  const usage = props.usage ?? (authority ? ["digitalSignature", "keyCertSign"] : ["digitalSignature"]);
  const names = alternativeNames(props);
  return [
    ...(authority ? [extension(BASIC_CONSTRAINTS, sequence(TRUE, ...depth), true)] : []),
    ...(usage.length === 0 ? [] : [extension(KEY_USAGE, keyUsage(usage), true)]),
    ...(names.length === 0 ? [] : [extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names))]),
    ...more,
  ];
}

function alternativeNames(props: CertificateProps): readonly Buffer[] {
  const { ipAddress, ipAddresses = [], uris = [], dnsNames = [] } = props;
  const all = ipAddress === undefined ? ipAddresses : [ipAddress, ...ipAddresses];
  const addresses = all.map((address) => tagged(0x87, Buffer.from(address)));
  const hosts = dnsNames.map((host) => tagged(0x82, Buffer.from(host)));
  return [...addresses, ...hosts, ...uris.map((uri) => tagged(0x86, Buffer.from(uri)))];
}

/** The bits, and before them how many of the byte are not used */
function keyUsage(uses: readonly KeyUse[]): Buffer {
  const byte = uses.reduce((all, use) => all | USES[use], 0);
  return bits(Buffer.of(byte), Math.log2(byte & -byte));
}

/** @param value DER */
export function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), octets(value));
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(objectId(COMMON_NAME), utf8(commonName))));
}

function lines(der: Buffer): string {
  return (der.toString("base64").match(/.{1,64}/g) as readonly string[]).join("\n");
}
