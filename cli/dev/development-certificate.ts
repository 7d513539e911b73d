import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";
import { bits, integer, objectId, octets, sequence, set, tagged, time, TRUE, utf8 } from "./der";

const ECDSA_WITH_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
const COMMON_NAME = "2.5.4.3";
const SUBJECT_KEY = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const ALTERNATIVE_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER_AND_CLIENT = sequence(objectId("1.3.6.1.5.5.7.3.1"), objectId("1.3.6.1.5.5.7.3.2"));
const DIGITAL_SIGNATURE = bits(Buffer.of(0x80), 7);
const CERTIFICATE_AND_CRL_SIGN = bits(Buffer.of(0x06), 1);

export interface CertificateRequest {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly subject: string; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly from: Date;
  readonly until: Date;
  /** May sign others, which a leaf may not */
  readonly authority: boolean;
  readonly uri: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** PEM of an X.509-SVID, or of an authority of them (X509-SVID sections 2 to 4, RFC 5280 section 4). */
export function developmentCertificate(request: CertificateRequest): string {
  const { subject, publicKey, issuer, from, until } = request;
  const body = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    name(issuer.subject),
    sequence(time(from), time(until)),
    name(subject),
    spki(publicKey),
    tagged(0xa3, sequence(...extensions(request))),
  );
  const der = sequence(body, ECDSA_WITH_SHA256, bits(sign("sha256", body, issuer.privateKey)));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function extensions({ publicKey, issuer, authority, ...names }: CertificateRequest): readonly Buffer[] {
  const usage = authority ? CERTIFICATE_AND_CRL_SIGN : DIGITAL_SIGNATURE;
  return [
    critical(BASIC_CONSTRAINTS, authority ? sequence(TRUE) : sequence()),
    critical(KEY_USAGE, usage),
    ...(authority ? [] : [extension(EXTENDED_KEY_USAGE, SERVER_AND_CLIENT)]),
    extension(SUBJECT_KEY, octets(keyId(publicKey))),
    extension(AUTHORITY_KEY, sequence(tagged(0x80, keyId(issuer.publicKey)))),
    extension(ALTERNATIVE_NAME, alternativeNames(names)),
  ];
}

function alternativeNames({
  uri,
  dnsNames,
  ipAddresses,
}: Pick<CertificateRequest, "dnsNames" | "ipAddresses" | "uri">): Buffer {
  const addresses = ipAddresses.filter(isIPv4).map((address) => Buffer.from(address.split(".").map(Number)));
  return sequence(
    tagged(0x86, Buffer.from(uri)),
    ...dnsNames.map((host) => tagged(0x82, Buffer.from(host))),
    ...addresses.map((address) => tagged(0x87, address)),
  );
}

/** Positive, and as short as DER has it */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(objectId(COMMON_NAME), utf8(commonName))));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** Names a key; any digest of it does. */
function keyId(key: KeyObject): Buffer {
  return createHash("sha256").update(spki(key)).digest().subarray(0, 20);
}

function critical(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), TRUE, octets(value));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), octets(value));
}
