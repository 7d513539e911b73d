import { calculateJwkThumbprint } from "jose";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { thumbprint } from "../../../runtime/jose/thumbprint";

const KEYS: readonly (readonly [string, KeyObject])[] = [
  ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey],
  ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey],
  ["RSA", generateKeyPairSync("rsa", { modulusLength: 2_048 }).publicKey],
  ["Ed25519", generateKeyPairSync("ed25519").publicKey],
];

describe("thumbprint", () => {
  test("is that of the example in RFC 7638 section 3.1", () => {
    const n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W" +
      "-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qN" +
      "Lyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    expect(thumbprint({ kty: "RSA", n, e: "AQAB", alg: "RS256", kid: "2011-04-29" })).toBe(
      "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
    );
  });

  test.each(KEYS)("of a key on %s is what jose finds, with other members and in another order", async (_, key) => {
    const jwk = key.export({ format: "jwk" });
    const known = { use: "sig", kid: "a", ...Object.fromEntries(Object.entries(jwk).reverse()) };
    expect(thumbprint(known)).toBe(await calculateJwkThumbprint(jwk));
  });

  test("tells two keys apart", () => {
    const prints = KEYS.map(([, key]) => thumbprint({ ...key.export({ format: "jwk" }) }));
    expect(new Set(prints).size).toBe(KEYS.length);
  });
});
