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
}

const DAY_MILLISECONDS = 86_400_000;

/** A P-256 certificate of today, made in the process: tests hold no key that outlives them (RFC 5280 section 4.1). */
export function certificate({ commonName, ipAddress, uris = [], issuer }: CertificateProps): Certified {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(7),
    algorithm,
    name(issuer?.commonName ?? commonName),
    sequence(time(now - DAY_MILLISECONDS), time(now + DAY_MILLISECONDS)),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    ...extensions(alternativeNames(ipAddress, uris), issuer === undefined),
  );
  const signer: KeyObject | string = issuer?.key ?? privateKey;
  const signature = sign("sha256", body, signer);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines(der)}\n-----END CERTIFICATE-----\n`, key };
}

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALTERNATIVE_NAME = [0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];

function alternativeNames(ipAddress: CertificateProps["ipAddress"], uris: readonly string[]): readonly Buffer[] {
  const addresses = ipAddress === undefined ? [] : [tagged(0x87, Buffer.from(ipAddress))];
  return [...addresses, ...uris.map((uri) => tagged(0x86, Buffer.from(uri)))];
}

function extensions(names: readonly Buffer[], authority: boolean): readonly Buffer[] {
  const found: Buffer[] = [];
  if (authority) found.push(extension(BASIC_CONSTRAINTS, sequence(tagged(0x01, Buffer.from([0xff])))));
  if (names.length > 0) found.push(extension(SUBJECT_ALTERNATIVE_NAME, sequence(...names)));
  return found.length === 0 ? [] : [tagged(0xa3, sequence(...found))];
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(objectId(id), tagged(0x04, value));
}

function name(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId(COMMON_NAME), tagged(0x0c, Buffer.from(commonName)))));
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]));
}

function objectId(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function lines(der: Buffer): string {
  return (der.toString("base64").match(/.{1,64}/g) as readonly string[]).join("\n");
}
