/** Run by the bench in a process of its own: what an exchange does besides its server, each part by itself. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { importJWK, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { CedarEngine } from "../../../../runtime/decision/cedar/cedar-engine";
import { CALLERS } from "../callers";
import type { Sample } from "../sample";

const [samplePath, keyPath, calls] = process.argv.slice(2) as [string, string, string];

/** Verify what was sent, sign what is answered, as a few lines with the library do it. */
async function joseLoop(sample: Sample): Promise<() => Promise<unknown>> {
  const publicKey = await importJWK(sample.subjectKey as JWK, "ES256");
  const privateKey = createPrivateKey(readFileSync(keyPath));
  const { subjectIssuer: issuer, audience, issuedAt } = sample;
  // The sample may be older by now than its token lives.
  const rules = { issuer, audience, algorithms: ["ES256"], currentDate: new Date(issuedAt * 1000) };
  const header = sample.header as { alg: string };
  return async () => {
    await jwtVerify(sample.subjectToken, publicKey, rules);
    await new SignJWT(sample.claims as JWTPayload).setProtectedHeader(header).sign(privateKey);
  };
}

function cedarDecision({ input, policy, revision }: Sample): () => Promise<unknown> {
  const engine = new CedarEngine({ policy, revision });
  return async () => {
    const { allow } = await engine.decide(input);
    if (!allow) throw new Error("Cedar refuses what it allowed");
  };
}

/** Microseconds of processor time, all threads counted, of each call; as many go before them to warm up. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  await many(act, Number(calls));
  const begun = process.cpuUsage();
  await many(act, Number(calls));
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / Number(calls);
}

async function many(act: () => Promise<unknown>, times: number): Promise<void> {
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun++ < times) await act();
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

async function main(): Promise<void> {
  const sample = JSON.parse(readFileSync(samplePath, "utf8")) as Sample;
  const jose = await timed(await joseLoop(sample));
  const cedar = await timed(cedarDecision(sample));
  process.stdout.write(JSON.stringify({ jose, cedar }));
}

void main();
