import { deepStrictEqual as equal, match } from "node:assert";
import { join } from "node:path";
import { structured, tarGz, untarGz } from "../../../policies/bundle";
import { REVISION_DATA, verifyBundle } from "../../../policies/signature";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { policyWith } from "../../support/decisions/policy";
import { checkSigner } from "../../support/signer-contract";
import { complaints } from "../harness/complaints";
import type { Finished } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { motoPython } from "../terraform/moto";
import { BundleServer } from "./bundle-server";
import { exampleBundle, newKey, serves } from "./bundle-world";
import { PutGate } from "./put-gate";
import { SCOPE, ServedOpa } from "./served-opa";
import { ALIAS, BUCKET, SignWorld } from "./sign-world";

/** Signatures asked of the emulator; about one in a hundred begins with a zero */
const SIGNATURES = 300;

interface Deployed {
  readonly at: SignWorld;
  readonly signer: KmsSigner;
  /** Two folders of synth with different fleets */
  readonly folders: readonly [string, string];
}

/** `ambit bundle sign` as a process, against S3 and KMS of the emulator. */
export function signChecks(suite: Suite, opa: Check<string>, folder: string): void {
  const python = suite.check("moto is installed", [], () => motoPython());

  const deployed = suite.check("bundle sign: KMS keeps the contract of a signer", [python], async ([program]) => {
    const at = await SignWorld.start(suite, program, folder);
    const signer = await KmsSigner.of({ client: at.kms, key: ALIAS });
    await checkSigner(signer, SIGNATURES);
    const paused = exampleBundle(policyWith({ "agents/researcher/suspended": true }, "paused"));
    const folders = [at.synthesized("active", exampleBundle()), at.synthesized("paused", paused)] as const;
    return { at, signer, folders } satisfies Deployed;
  });

  const counted = suite.check("bundle sign: counts 1, 2, 3; unchanged, it stays", [deployed], async ([world], note) => {
    const { at, folders } = world;
    for (const [index, from] of [folders[0], folders[1], folders[0]].entries()) {
      const { code, stdout, stderr } = await at.deploy(from, ["--json"]);
      equal({ code, complaints: complaints(stderr) }, { code: 0, complaints: "" });
      const { result, from: last, revision } = JSON.parse(stdout);
      equal({ result, last, revision }, { result: "published", last: index, revision: index + 1 });
      equal(await revisionOf(world), index + 1);
    }
    const before = await at.deployed();
    const again = await at.deploy(folders[0]);
    equal(again.code, 0);
    match(again.stdout, /^revision {3}unchanged, 3 stays\n/);
    equal((await at.deployed()).equals(before), true);
    for (const line of again.stdout.trimEnd().split("\n")) note(line);
    return world;
  });

  suite.check("bundle sign: OPA activates what KMS signed, and decides", [counted, opa], async ([world, program]) => {
    const server = new BundleServer();
    await server.start();
    suite.afterwards(() => server.stop());
    server.publish(await world.at.deployed());
    const publicKey = await world.signer.publicKeyPem();
    const served = await ServedOpa.start({ opa: program, folder: join(folder, "o"), url: server.url, publicKey });
    suite.afterwards(() => served.stop());
    await served.activated(3);
    await serves({ opa: served, revision: 3 });
    await served.stop();
  });

  // `ambit deploy` against moto leaves the bundle out: moto ignores the conditions of the bucket's policy, and refuses all requests.
  suite.check("deploy: publishes a bundle to S3 by what bundle sign counts", [counted], async ([world]) => {
    const { at, folders } = world;
    for (const [from, result] of [
      [folders[1], "published"],
      [folders[1], "unchanged"],
      [folders[0], "published"],
    ] as const) {
      const before = await revisionOf(world);
      const { code, stdout, stderr } = await at.publishAll(from);
      equal({ code, complaints: complaints(stderr) }, { code: 0, complaints: "" });
      const revision = result === "published" ? before + 1 : before;
      const [only, ...more] = JSON.parse(stdout);
      equal(
        { what: only.what, result: only.result, revision: only.revision, more },
        { what: "bundle", result, revision, more: [] },
      );
      equal(await revisionOf(world), revision);
    }
    const again = JSON.parse((await at.deploy(folders[0], ["--json"])).stdout);
    equal(again.result, "unchanged");
  });

  suite.check("bundle sign: of two at once, one wins and the other says so", [counted], async ([world], note) => {
    const before = await revisionOf(world);
    const gate = new PutGate(world.at.url);
    const s3 = await gate.start();
    suite.afterwards(() => gate.stop());
    const both = await Promise.all(world.folders.map((from) => world.at.deploy(from, ["--resign"], s3)));
    const [won, lost] = both.sort((a, b) => a.code - b.code) as [Finished, Finished];
    equal([won.code, lost.code], [0, 1]);
    match(won.stdout, new RegExp(`^revision {3}${before} -> ${before + 1}\n`));
    const said = `ambit: s3://${BUCKET}/policy/bundle.tar.gz was changed by another deploy meanwhile, and was left alone: run this again\n`;
    equal([lost.stdout, lost.stderr], ["", said]);
    equal(await revisionOf(world), before + 1);
    note(said.trimEnd());
  });

  refusals(suite, counted);
  rotation(suite, counted);
}

function refusals(suite: Suite, counted: Check<Deployed>): void {
  const damages: Readonly<Record<string, readonly [(sound: Buffer) => Buffer, RegExp]>> = {
    "a changed file": [
      (sound) => tarGz(untarGz(sound).set(REVISION_DATA, structured({ number: 1_000 }))),
      /the files are not those that were signed: "ambit\/revision\/data\.json" was changed/,
    ],
    "no signature": [() => tarGz(exampleBundle()), /the bundle is not signed/],
    "half its bytes": [(sound) => sound.subarray(0, sound.length / 2), /the bundle cannot be unpacked/],
  };
  for (const [what, [damage, reason]] of Object.entries(damages)) {
    suite.check(`bundle sign: a deployed bundle with ${what} is left alone`, [counted], async ([world]) => {
      const sound = await world.at.deployed();
      const damaged = damage(sound);
      await world.at.overwrite(damaged);
      refused(await world.at.deploy(world.folders[1], ["--resign"]), /cannot be trusted, and was left alone/, reason);
      equal((await world.at.deployed()).equals(damaged), true);
      await world.at.overwrite(sound);
    });
  }

  suite.check("bundle sign: no such key, bucket or folder: refused", [counted], async ([{ at, folders }]) => {
    const to = ["--region", "eu-central-1", "--bucket"];
    const sign = (...args: readonly string[]): Promise<Finished> => at.ambit(["bundle", "sign", ...args]);
    refused(
      await sign(folders[0], "--kms-key", "alias/none", ...to, BUCKET),
      /KMS refused to use alias\/none: NotFound/,
    );
    refused(await sign(folders[0], "--kms-key", ALIAS, ...to, "none"), /cannot read s3:\/\/none\/.*NoSuchBucket/);
    refused(await sign("nowhere", "--kms-key", ALIAS, ...to, BUCKET), /run synth first/);
    const { code, stderr } = await sign(folders[0], "--kms-key", ALIAS);
    equal({ code, stderr }, { code: 64, stderr: "ambit: name either --bucket or --out\n" });
  });
}

function rotation(suite: Suite, counted: Check<Deployed>): void {
  suite.check("bundle sign: another key counts on where the last one is named", [counted], async ([world]) => {
    const { at, signer, folders } = world;
    const before = await revisionOf(world);
    const path = at.file("next.pem", "");
    const publicKey = await newKey(path).publicKeyPem();
    const to = ["--key-file", path, "--region", "eu-central-1", "--bucket", BUCKET];
    const sign = (...more: readonly string[]): Promise<Finished> =>
      at.ambit(["bundle", "sign", folders[0], ...to, ...more]);
    refused(await sign(), /is not of this public key/);
    const last = ["--last-public-key", at.file("last.pub.pem", await signer.publicKeyPem())];
    const { code, stdout } = await sign(...last);
    equal(code, 0);
    match(stdout, new RegExp(`^revision {3}${before} -> ${before + 1}\n`));

    const verify = ["bundle", "verify", at.file("deployed.tar.gz", await at.deployed()), "--public-key"];
    equal((await at.ambit([...verify, at.file("next.pub.pem", publicKey)])).code, 0);
    refused(
      await at.ambit([...verify, at.file("last.pub.pem", await signer.publicKeyPem())]),
      /is not of this public key/,
    );
  });
}

/** One line on standard error, and nothing else */
function refused({ code, stdout, stderr }: Finished, ...reasons: readonly RegExp[]): void {
  equal({ code, stdout }, { code: 1, stdout: "" });
  match(stderr, /^ambit: [^\n]+\n$/);
  for (const reason of reasons) match(stderr, reason);
}

async function revisionOf({ at, signer }: Deployed): Promise<number> {
  const options = { publicKey: await signer.publicKeyPem(), scope: SCOPE };
  return verifyBundle(untarGz(await at.deployed()), options).revision;
}
