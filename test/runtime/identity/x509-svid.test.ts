import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { objectId, sequence, tagged } from "../../../cli/dev/der";
import { hasOddKey } from "../../../runtime/identity/certificate";
import { ReplaceableTrustBundle } from "../../../runtime/identity/trust-bundle";
import { verifyX509Svid } from "../../../runtime/identity/x509-svid";
import { Refusal } from "../../../runtime/refusal/refusal";
import { certificate, type CertificateProps, type Certified, extension } from "../../support/certificate";
import { rsaPair } from "../../support/rsa";

const TRUST_DOMAIN = "prod.acme.example";
const AGENT = `spiffe://${TRUST_DOMAIN}/ns/support/sa/triage`;
const NOW = 1_800_000_000;
const VALID = [NOW - 100, NOW + 100] as const;

const derOf = ({ cert }: Certified): Buffer => new X509Certificate(cert).raw;
const issuerOf = (commonName: string, { key }: Certified) => ({ commonName, key });

const root = certificate({ commonName: "root", validity: VALID });
const bundle = new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(root)]);

function leaf(props: Partial<CertificateProps> = {}): Certified {
  const issuer = issuerOf("root", root);
  return certificate({ commonName: "workload", uris: [AGENT], validity: VALID, issuer, ...props });
}

function intermediate(name: string, by: Certified, byName: string, props: Partial<CertificateProps> = {}): Certified {
  const issuer = issuerOf(byName, by);
  return certificate({ commonName: name, validity: VALID, authority: true, issuer, ...props });
}

/** The refusal that every caller gets, with what is in the log */
function problemOf(chain: readonly Uint8Array[], now = NOW, by = bundle): string {
  try {
    verifyX509Svid(chain, by, now);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.reasons).toEqual(Refusal.of("client.unauthenticated").reasons);
    return (error.cause as Error).message;
  }
  return "accepted";
}

const NO_WORKLOAD = "the certificate must be valid, of a workload of the trust domain, and no authority's";
const UNTRUSTED = "no authority vouches for the certificate";
const WEAK_OR_SLOW =
  "a certificate's key must be EC on P-256 or P-384 (an authority's P-521 too), or RSA of 2,048 to 4,096 bits with an exponent below 2^31";

/** As long as a modulus of 3,072 bits, which OpenSSL takes: verifying with it takes some 100 times as long */
const ODD_EXPONENT = Buffer.alloc(384, 0x7f).toString("base64url");

/** A public key of these numbers, without a private key */
function ofRsa(e: string, n = Buffer.alloc(384, 0xfd)) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    publicKey: createPublicKey({ key: { kty: "RSA", n: n.toString("base64url"), e }, format: "jwk" }),
    privateKey,
  };
}

describe("an X.509-SVID is accepted", () => {
  test("that an authority signed, with its thumbprint and its end", () => {
    const der = derOf(leaf());
    expect(verifyX509Svid([der], bundle, NOW)).toEqual({
      spiffeId: AGENT,
      thumbprint: createHash("sha256").update(der).digest("base64url"),
      expiresAt: NOW + 100,
      verifiedUntil: NOW + 100,
    });
  });

  const first = intermediate("first", root, "root");
  const second = intermediate("second", first, "first");
  const third = intermediate("third", second, "second");
  const far = leaf({ issuer: issuerOf("third", third) });
  const stranger = certificate({ commonName: "stranger", validity: VALID });

  test.each<[string, readonly Certified[]]>([
    ["with three others between", [far, third, second, first]],
    ["with those between in any order", [far, first, third, second]],
    ["with one between", [leaf({ issuer: issuerOf("first", first) }), first]],
    ["with one that is not needed", [leaf(), stranger]],
    ["with the authority itself", [leaf(), root]],
    ["with one twice", [leaf({ issuer: issuerOf("first", first) }), first, first]],
  ])("%s", (_, chain) => {
    expect(problemOf(chain.map(derOf))).toBe("accepted");
  });

  const serverAuth = objectId("1.3.6.1.5.5.7.3.1");
  const clientAuth = objectId("1.3.6.1.5.5.7.3.2");
  const extendedUsage = (...ids: readonly Buffer[]) => extension("2.5.29.37", sequence(...ids));

  test.each<[string, Partial<CertificateProps>]>([
    ["for servers and clients", { more: [extendedUsage(serverAuth, clientAuth)] }],
    ["that names hosts too", { dnsNames: ["triage.acme.example"] }],
    ["with an extension that is not critical and not known", { more: [extension("1.2.3", sequence())] }],
    ["that begins in 60 s", { validity: [NOW + 60, NOW + 100] }],
    ["that ends in a second", { validity: [NOW - 100, NOW + 1] }],
    ["of RSA", { pair: rsaPair() }],
    ["of RSA with the largest exponent", { pair: ofRsa("f____w") }],
    ["of RSA with 4,096 bits", { pair: ofRsa("AQAB", Buffer.alloc(512, 0xfd)) }],
    ["of P-384", { pair: generateKeyPairSync("ec", { namedCurve: "P-384" }) }],
  ])("%s", (_, props) => {
    expect(problemOf([derOf(leaf(props))])).toBe("accepted");
  });

  test.each<[string, Partial<CertificateProps>, number]>([
    ["of depth 0, of a leaf", { pathLength: 0 }, 0],
    ["of depth 1, of one between", { pathLength: 1 }, 1],
    ["with a key on P-521", { pair: generateKeyPairSync("ec", { namedCurve: "P-521" }) }, 0],
  ])("of an authority %s", (_, props, between) => {
    const shallow = certificate({ commonName: "root", validity: VALID, ...props });
    const one = intermediate("one", shallow, "root");
    const chain =
      between === 0 ? [leaf({ issuer: issuerOf("root", shallow) })] : [leaf({ issuer: issuerOf("one", one) }), one];
    expect(problemOf(chain.map(derOf), NOW, new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(shallow)]))).toBe(
      "accepted",
    );
  });

  test("of an authority between that names the trust domain", () => {
    const named = intermediate("first", root, "root", { uris: [`spiffe://${TRUST_DOMAIN}`] });
    expect(problemOf([leaf({ issuer: issuerOf("first", named) }), named].map(derOf))).toBe("accepted");
  });
});

describe("an X.509-SVID fails when it", () => {
  const others = objectId("1.3.6.1.5.5.7.3.1");
  test.each<[string, Partial<CertificateProps>]>([
    ["has ended", { validity: [NOW - 100, NOW - 1] }],
    ["ends now", { validity: [NOW - 100, NOW] }],
    ["begins in more than 60 s", { validity: [NOW + 61, NOW + 100] }],
    ["has no SPIFFE ID", { uris: [] }],
    ["names a host only", { uris: [], dnsNames: ["triage.acme.example"] }],
    ["names its workload as a host", { uris: [], dnsNames: [AGENT] }],
    ["names two workloads", { uris: [AGENT, `${AGENT}-other`] }],
    ["names its workload twice", { uris: [AGENT, AGENT] }],
    ["has another URI too", { uris: [AGENT, "https://acme.example"] }],
    ["is of another trust domain", { uris: ["spiffe://dev.acme.example/ns/support/sa/triage"] }],
    ["is of a trust domain that begins alike", { uris: [`spiffe://${TRUST_DOMAIN}.evil.example/a`] }],
    ["names no path", { uris: [`spiffe://${TRUST_DOMAIN}`] }],
    ["names an empty path", { uris: [`spiffe://${TRUST_DOMAIN}/`] }],
    ["has an empty segment", { uris: [`spiffe://${TRUST_DOMAIN}/ns//triage`] }],
    ["has a trailing slash", { uris: [`${AGENT}/`] }],
    ["has a segment of dots", { uris: [`spiffe://${TRUST_DOMAIN}/ns/../sa`] }],
    ["has an encoded character", { uris: [`spiffe://${TRUST_DOMAIN}/ns/%73upport`] }],
    ["has a query", { uris: [`${AGENT}?a=b`] }],
    ["has a fragment", { uris: [`${AGENT}#a`] }],
    ["has a port", { uris: [`spiffe://${TRUST_DOMAIN}:8443/ns/a`] }],
    ["names a user", { uris: [`spiffe://root@${TRUST_DOMAIN}/ns/a`] }],
    ["writes the scheme in capitals", { uris: [AGENT.replace("spiffe", "SPIFFE")] }],
    ["writes the trust domain in capitals", { uris: [AGENT.replace("prod", "PROD")] }],
    ["has a NUL behind its name", { uris: [`${AGENT}\0.evil`] }],
    ["has a line feed behind its name", { uris: [`${AGENT}\n`] }],
    ["has a character beyond ASCII", { uris: [`${AGENT}é`] }],
    ["is longer than 2,048 bytes", { uris: [`${AGENT}/${"a".repeat(2_048)}`] }],
    ["has another scheme", { uris: [AGENT.replace("spiffe", "https")] }],
    ["is an authority", { authority: true }],
    ["is an authority that may not sign certificates", { authority: true, usage: ["digitalSignature"] }],
    ["may sign certificates", { usage: ["digitalSignature", "keyCertSign"] }],
    ["may sign revocations", { usage: ["digitalSignature", "cRLSign"] }],
    ["may not sign", { usage: ["cRLSign"] }],
    ["does not say what its key is for", { usage: [] }],
    ["is for servers only", { more: [extension("2.5.29.37", sequence(others))] }],
  ])("%s", (_, props) => {
    expect(problemOf([derOf(leaf(props))])).toBe(NO_WORKLOAD);
  });

  const twin = certificate({ commonName: "root", validity: VALID });
  const first = intermediate("first", root, "root");
  const below = (by: Certified, props: Partial<CertificateProps> = {}) =>
    leaf({ issuer: issuerOf("first", by), ...props });
  const bare = intermediate("first", root, "root", { authority: false, usage: ["digitalSignature", "keyCertSign"] });
  const noSigner = intermediate("first", root, "root", { usage: ["digitalSignature"] });
  const ended = intermediate("first", root, "root", { validity: [NOW - 100, NOW] });
  const serverOnly = intermediate("first", root, "root", { more: [extension("2.5.29.37", sequence(others))] });
  const foreign = intermediate("first", root, "root", { uris: ["spiffe://dev.acme.example"] });
  const workload = intermediate("first", root, "root", { uris: [AGENT] });
  const shallow = intermediate("first", root, "root", { pathLength: 0 });
  const beneath = intermediate("second", shallow, "first");
  const otherKey = intermediate("first", twin, "root");

  test.each<[string, readonly Certified[]]>([
    ["is of an authority of the same name with another key", [leaf({ issuer: issuerOf("root", twin) })]],
    ["is signed by the authority's key under another name", [leaf({ issuer: issuerOf("other", root) })]],
    ["signs itself", [certificate({ commonName: "workload", uris: [AGENT], validity: VALID, authority: false })]],
    ["brings its own authority", [leaf({ issuer: issuerOf("root", twin) }), twin]],
    ["lacks the one between", [below(first)]],
    ["has one between without a CA bit", [below(bare), bare]],
    ["has one between that may not sign certificates", [below(noSigner), noSigner]],
    ["has one between that has ended", [below(ended), ended]],
    ["has one between for servers only", [below(serverOnly), serverOnly]],
    ["has one between of another trust domain", [below(foreign), foreign]],
    ["has one between that names a workload", [below(workload), workload]],
    ["has more between than an authority allows", [leaf({ issuer: issuerOf("second", beneath) }), beneath, shallow]],
    ["has one between that another authority signed", [below(otherKey), otherKey]],
    ["is signed by another SVID", [leaf({ issuer: issuerOf("workload", leaf()) }), leaf()]],
  ])("%s", (_, chain) => {
    expect(problemOf(chain.map(derOf))).toBe(UNTRUSTED);
  });

  test("is of an authority that has ended", () => {
    const old = certificate({ commonName: "root", validity: [NOW - 100, NOW] });
    const by = new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(old)]);
    expect(problemOf([derOf(leaf({ issuer: issuerOf("root", old) }))], NOW, by)).toBe(UNTRUSTED);
  });

  test("is of an authority that is no CA, though it is trusted", () => {
    const own = leaf();
    const by = new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(own)]);
    expect(problemOf([derOf(leaf({ issuer: issuerOf("workload", own) }))], NOW, by)).toBe(UNTRUSTED);
    expect(problemOf([derOf(own)], NOW, by)).toBe(UNTRUSTED);
  });

  test("is of an authority that was taken out of the bundle", () => {
    const by = new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(root)]);
    const chain = [derOf(leaf())];
    expect(problemOf(chain, NOW, by)).toBe("accepted");
    by.replace([derOf(twin)]);
    expect(problemOf(chain, NOW, by)).toBe(UNTRUSTED);
    by.replace([]);
    expect(problemOf(chain, NOW, by)).toBe(UNTRUSTED);
  });

  test("is none, or has more than three others", () => {
    expect(problemOf([])).toBe(NO_WORKLOAD);
    expect(problemOf([leaf(), root, root, root, root].map(derOf))).toBe("a chain has at most 4 certificates");
  });

  test("has a chain that runs in a circle", () => {
    const [a, b] = [
      certificate({ commonName: "a", validity: VALID }),
      certificate({ commonName: "b", validity: VALID }),
    ];
    const pairOf = ({ key }: Certified) => ({
      publicKey: new X509Certificate(key === a.key ? a.cert : b.cert).publicKey,
      privateKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
    });
    const aByB = certificate({
      commonName: "a",
      validity: VALID,
      authority: true,
      issuer: issuerOf("b", b),
      pair: pairOf(a),
    });
    const bByA = certificate({
      commonName: "b",
      validity: VALID,
      authority: true,
      issuer: issuerOf("a", a),
      pair: pairOf(b),
    });
    expect(problemOf([leaf({ issuer: issuerOf("a", a) }), aByB, bByA].map(derOf))).toBe(UNTRUSTED);
  });
});

describe("of signatures", () => {
  const verify = jest.spyOn(X509Certificate.prototype, "verify");
  beforeEach(() => verify.mockClear());
  afterAll(() => verify.mockRestore());

  test("none is verified where a certificate of the chain has a key that takes long", () => {
    const slow = intermediate("first", root, "root", { pair: ofRsa(ODD_EXPONENT) });
    expect(problemOf([leaf({ issuer: issuerOf("first", root) }), slow].map(derOf))).toBe(WEAK_OR_SLOW);
    expect(verify).not.toHaveBeenCalled();
  });

  test("at most 16 are verified where all certificates have one name", () => {
    const authorities = Array.from({ length: 20 }, () => certificate({ commonName: "root", validity: VALID }));
    const by = new ReplaceableTrustBundle(TRUST_DOMAIN, authorities.map(derOf));
    const twin = certificate({ commonName: "root", validity: VALID });
    const stranger = [leaf({ issuer: issuerOf("root", twin) })];
    expect(problemOf(stranger.map(derOf), NOW, by)).toBe("a chain is verified by at most 16 signatures");
    expect(verify).toHaveBeenCalledTimes(16);
  });
});

describe("bytes that are no certificate fail:", () => {
  const der = derOf(leaf());
  const nameConstraints = extension("2.5.29.30", sequence());
  const constraints = "2.5.29.19";
  const sha1 = { algorithm: sequence(objectId("1.2.840.10045.4.1")), digest: "sha1" };
  test.each<[string, Uint8Array, string]>([
    ["none", Buffer.alloc(0), "there must be exactly one element"],
    ["PEM", Buffer.from(leaf().cert).subarray(0, 40), "an element is cut off"],
    ["the first half", der.subarray(0, der.length / 2), "an element is cut off"],
    ["bytes behind it", Buffer.concat([der, Buffer.from([0])]), "an element is cut off"],
    ["an element behind it", Buffer.concat([der, sequence()]), "there must be exactly one element"],
    ["two of them", Buffer.concat([der, der]), "there must be exactly one element"],
    ["a length left open", Buffer.concat([Buffer.from([0x30, 0x80]), der, Buffer.alloc(2)]), "a length is malformed"],
    ["a length of five bytes", Buffer.from([0x30, 0x85, 0, 0, 0, 0, 0]), "a length is malformed"],
    [
      "a length written too long",
      Buffer.from([0x30, 0x81, 0x01, 0x00]),
      "a length is not written in its shortest form",
    ],
    ["16 KiB", Buffer.alloc(16_385), "a certificate has at most 16384 bytes"],
    ["16 KiB of nested sequences", Buffer.alloc(16_384, 0x30), "an element is cut off"],
    [
      "an unknown critical extension",
      derOf(leaf({ more: [extension("1.2.3", sequence(), true)] })),
      "the extension 2a03 is not understood",
    ],
    ["constraints of names", derOf(leaf({ more: [nameConstraints] })), "the extension 551d1e is not understood"],
    [
      "an extension twice",
      derOf(leaf({ authority: true, more: [extension(constraints, sequence())] })),
      "an extension stands twice or has too many parts",
    ],
    [
      "a CA bit that is neither true nor false",
      derOf(leaf({ more: [extension(constraints, sequence(tagged(0x01, Buffer.from([1]))))] })),
      "a boolean must be true where it is written",
    ],
    [
      "a signature with SHA-1",
      derOf(leaf({ signature: sha1 })),
      "a certificate must be signed with ECDSA or RSA and SHA-256, SHA-384 or SHA-512",
    ],
    [
      "a key of RSA with 1,024 bits",
      derOf(leaf({ pair: generateKeyPairSync("rsa", { modulusLength: 1_024 }) })),
      WEAK_OR_SLOW,
    ],
    [
      "a key of RSA with more than 4,096 bits",
      derOf(leaf({ pair: ofRsa("AQAB", Buffer.alloc(513, 0xff)) })),
      WEAK_OR_SLOW,
    ],
    ["a key of RSA with an exponent as long as itself", derOf(leaf({ pair: ofRsa(ODD_EXPONENT) })), WEAK_OR_SLOW],
    ["a key of RSA with an exponent of 2^31 + 1", derOf(leaf({ pair: ofRsa("gAAAAQ") })), WEAK_OR_SLOW],
    ["a key of RSA with an exponent of 1", derOf(leaf({ pair: ofRsa("AQ") })), WEAK_OR_SLOW],
    ["a key on P-521", derOf(leaf({ pair: generateKeyPairSync("ec", { namedCurve: "P-521" }) })), WEAK_OR_SLOW],
    ["a key on secp256k1", derOf(leaf({ pair: generateKeyPairSync("ec", { namedCurve: "secp256k1" }) })), WEAK_OR_SLOW],
    ["a key of Ed25519", derOf(leaf({ pair: generateKeyPairSync("ed25519") })), WEAK_OR_SLOW],
  ])("%s", (_, bytes, message) => {
    expect(problemOf([bytes])).toBe(message);
  });

  test("another signature algorithm outside than inside", () => {
    const [sha256, sha384] = ["2a8648ce3d040302", "2a8648ce3d040303"].map((hex) => Buffer.from(hex, "hex")) as [
      Buffer,
      Buffer,
    ];
    const changed = Buffer.from(der);
    sha384.copy(changed, changed.lastIndexOf(sha256));
    expect(problemOf([changed])).toBe("a certificate must be signed with ECDSA or RSA and SHA-256, SHA-384 or SHA-512");
  });

  test("every single byte changed", () => {
    for (let at = 0; at < der.length; at += 1) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] as number) ^ 0x01;
      expect([at, problemOf([changed])]).not.toEqual([at, "accepted"]);
    }
  });
});

test("fails when a bundle is replaced by something that is no certificate: the old one stays", () => {
  const by = new ReplaceableTrustBundle(TRUST_DOMAIN, [derOf(root)]);
  expect(() => by.replace([derOf(root), Buffer.from("x")])).toThrow("an element is cut off");
  expect(by.x509Authorities).toHaveLength(1);
});

test("a hostile chain costs few signatures", () => {
  const verified = jest.spyOn(X509Certificate.prototype, "verify");
  const twins = Array.from({ length: 3 }, () => certificate({ commonName: "root", validity: VALID }));
  const signer = certificate({ commonName: "root", validity: VALID });
  expect(problemOf([leaf({ issuer: issuerOf("root", signer) }), ...twins].map(derOf))).toBe(UNTRUSTED);
  expect(verified.mock.calls.length).toBeLessThanOrEqual(4);
  verified.mockRestore();
});

test.each<readonly [what: string, bytes: Uint8Array, isOdd: boolean]>([
  ["P-256", derOf(root), false],
  ["P-384", derOf(leaf({ pair: generateKeyPairSync("ec", { namedCurve: "P-384" }) })), false],
  ["P-521", derOf(leaf({ pair: generateKeyPairSync("ec", { namedCurve: "P-521" }) })), true],
  ["Ed25519", derOf(leaf({ pair: generateKeyPairSync("ed25519") })), true],
  ["RSA of 1,024 bits", derOf(leaf({ pair: generateKeyPairSync("rsa", { modulusLength: 1_024 }) })), true],
  ["a kind that cannot be read", derOf(root).subarray(0, 100), true],
])("TLS is not to spend time on a key of %s: %#", (_, bytes, isOdd) => {
  expect(hasOddKey(bytes)).toBe(isOdd);
});
