import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { structured, tarGz, untarGz } from "../../../policies/bundle";
import { REVISION_DATA } from "../../../policies/signature";
import type { Signer } from "../../../runtime/signer/signer";
import { request } from "../../support/decisions/request";
import type { Check, Suite } from "../harness/suite";
import { BundleServer } from "./bundle-server";
import { exampleBundle, serves, signed } from "./bundle-world";
import { ServedOpa, until } from "./served-opa";

interface Persisted {
  readonly server: BundleServer;
  /** Where OPA keeps the last bundle */
  readonly file: string;
  readonly sound: Buffer;
  start(): Promise<ServedOpa>;
}

const REVISION = 3;

/** OPA starts again while the server of its bundle is gone: what it kept must be as sound as what it downloads. */
export function persistedChecks(suite: Suite, opa: Check<string>, signer: Signer, folder: string): void {
  const kept = suite.check(
    "bundles: started while the server is gone, OPA serves what it kept",
    [opa],
    async ([program]) => {
      const server = new BundleServer();
      await server.start();
      suite.afterwards(() => server.stop());
      server.publish(await signed(signer, REVISION));
      const props = { opa: program, folder, url: server.url, publicKey: await signer.publicKeyPem() };
      const start = async (): Promise<ServedOpa> => {
        const started = await ServedOpa.start(props);
        suite.afterwards(() => started.stop());
        return started;
      };
      const first = await start();
      await first.activated(REVISION);
      const file = join(folder, "opa", "bundles", "ambit", "bundle.tar.gz");
      await until("OPA has kept the bundle", () => existsSync(file));
      await first.stop();
      await server.stop();

      const second = await start();
      await second.activated(REVISION);
      await serves({ opa: second, revision: REVISION });
      await second.stop();
      return { server, file, sound: readFileSync(file), start } satisfies Persisted;
    },
  );

  const damages: Readonly<Record<string, (sound: Buffer) => Buffer>> = {
    "was changed": (sound) => tarGz(untarGz(sound).set(REVISION_DATA, structured({ number: 1_000 }))),
    "is unsigned": () => tarGz(exampleBundle()),
    "was cut off": (sound) => sound.subarray(0, -200),
  };
  for (const [what, damage] of Object.entries(damages)) {
    suite.check(`bundles: what OPA kept ${what}: it does not decide`, [kept], async ([{ file, sound, start }]) => {
      writeFileSync(file, damage(sound));
      const started = await start();
      await until("OPA says why", () => started.said().includes("Failed to load bundle from disk"));
      ok(!(await started.ready()), "OPA is not ready");
      await rejects(started.decide(request()), /opa gave no sound verdict/);
      await started.stop();
    });
  }

  suite.check("bundles: what OPA kept is older: everything is denied", [kept], async ([{ file, start }]) => {
    writeFileSync(file, await signed(signer, REVISION - 1));
    const started = await start();
    await started.activated(REVISION - 1);
    const verdict = await started.decide(request({ revisionSeen: REVISION }));
    equal(verdict, { allow: false, reasons: ["policy.stale"], observed: [], revision: REVISION - 1 });
    await started.stop();
  });

  suite.check("bundles: once the server is back, OPA takes the current one", [kept], async ([{ server, start }]) => {
    const started = await start();
    await started.activated(REVISION - 1);
    await server.start();
    await started.activated(REVISION);
    await serves({ opa: started, revision: REVISION });
    await started.stop();
  });
}
