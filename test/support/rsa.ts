import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyPairKeyObjectResult } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

let pairs = 0;

/** A pair of RSA with 2,048 bits, which no other call in this test file returns. They take long to find: a run keeps them. */
export function rsaPair(): KeyPairKeyObjectResult {
  const shared = process.env["AMBIT_TEST_SHARED"];
  if (shared === undefined) return found();
  const file = join(shared, `rsa-${(pairs += 1)}.pem`);
  if (!existsSync(file)) keep(file, found());
  const pem = readFileSync(file, "utf8");
  return { privateKey: createPrivateKey(pem), publicKey: createPublicKey(pem) };
}

const found = (): KeyPairKeyObjectResult => generateKeyPairSync("rsa", { modulusLength: 2_048 });

/** Several workers may write it at once: what is read is whole. */
function keep(file: string, { privateKey }: KeyPairKeyObjectResult): void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, privateKey.export({ type: "pkcs8", format: "pem" }));
  renameSync(own, file);
}
