import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { certificateRequest } from "./csr";

test("a request holds the key and a signature by it", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const request = certificateRequest(publicKey, privateKey);
  const spki = publicKey.export({ type: "spki", format: "der" });
  const info = request.subarray(3, 3 + 2 + (request[4] as number));
  expect(info.includes(spki)).toBe(true);
  // Its algorithm takes twelve bytes, the head of the bit string three.
  const signature = request.subarray(3 + info.length + 12 + 3);
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  expect(verify("sha256", info, { key, dsaEncoding: "der" }, signature)).toBe(true);
});
