import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RegistryWatcher } from "../../../runtime/registry/registry-watcher";
import { noteRevision, revisionSeen } from "../../../runtime/registry/revision-seen";
import { signedFleet } from "../../../runtime/registry/signed-fleet";
import { registryFile } from "../../../runtime/registry/signed-registry";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { keyFile, temporaryFolder } from "../../support/bundles";
import { SCOPE, signedExample, suspendedDocument, TRUST_DOMAIN } from "../../support/exchange/signed-example";

const folder = temporaryFolder("fleet-registry");
const { signer, publicKey } = keyFile(folder, "registry-key");
const file = join(folder, "registry.signed");
const config = {
  trustDomain: TRUST_DOMAIN,
  registry: { from: { file }, publicKeys: [publicKey], scope: SCOPE },
};

const refusals: unknown[] = [];
const looked = async (store: MemoryStore): Promise<RegistryWatcher> => {
  const log = (event: string, facts: object = {}): void => void (event === "registry.refused" && refusals.push(facts));
  const registry = await signedFleet({ ...config, log, note: (revision) => noteRevision(store, revision) });
  await registry.look();
  return registry;
};

test("fails when an older registry is put back, however often the exchange starts", async () => {
  const store = new MemoryStore();
  const [before, suspended] = [await signedExample(signer, 1), await signedExample(signer, 2, suspendedDocument)];
  writeFileSync(file, registryFile(suspended));
  expect((await looked(store)).current().revision).toBe(2);
  expect((await revisionSeen(store)).revision).toBe(2);
  writeFileSync(file, registryFile(before));
  const started = await looked(store);
  expect(() => started.current()).toThrow("revision 2 was in force, got 1");
  expect(refusals).toEqual([{ because: expect.stringContaining("sign it again") }]);
});
