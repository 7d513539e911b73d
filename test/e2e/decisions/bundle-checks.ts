import { deepStrictEqual as equal, match, ok } from "node:assert";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bases } from "../../support/decisions/cases";
import { policyWith } from "../../support/decisions/policy";
import { request, requestLike } from "../../support/decisions/request";
import type { Check, Suite } from "../harness/suite";
import { BundleServer } from "./bundle-server";
import { type BundleWorld, exampleBundle, newKey, publishNext, serves, signed } from "./bundle-world";
import { persistedChecks } from "./persisted-checks";
import { type RefusedBundle, refusedBundles } from "./refused-bundles";
import { POLLING_SECONDS, ServedOpa, until } from "./served-opa";
import { signChecks } from "./sign-checks";

/** OPA asks each second, and is done soon after; how soon is noted, as it depends on what else the machine does. */
const PATIENCE_MILLISECONDS = 60_000;
/** Decisions under way at a time while a new bundle comes */
const ASKING = 4;

/** Bundles served over the network to OPA, under the configuration that ships. */
export function bundleChecks(suite: Suite, opa: Check<string>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const signer = newKey(join(folder, "key.pem"));

  const world = suite.check("bundles: one signed by a key file activates and decides", [opa], async ([program]) => {
    const server = new BundleServer();
    await server.start();
    suite.afterwards(() => server.stop());
    server.publish(await signed(signer, 7));
    const publicKey = await signer.publicKeyPem();
    const served = await ServedOpa.start({ opa: program, folder: join(folder, "o"), url: server.url, publicKey });
    suite.afterwards(() => served.stop());
    await served.activated(7);
    const started: BundleWorld = { server, opa: served, signer, revision: 7 };
    await serves(started);
    const verdict = await served.decide(request({ task: "none", revisionSeen: 7 }));
    equal(verdict, { allow: false, reasons: ["task.undeclared"], observed: [], revision: 7 });
    return started;
  });

  refusals(suite, world, refusedBundles(signer, newKey(join(folder, "stranger.pem"))));

  suite.check("bundles: an older one, validly signed, is activated, and everything is denied", [world], older);
  suite.check("bundles: a new revision takes effect while decisions go on", [world], swapped);
  persistedChecks(suite, opa, signer, join(folder, "p"));
  signChecks(suite, opa, join(folder, "s"));
}

function refusals(suite: Suite, world: Check<BundleWorld>, refused: readonly RefusedBundle[]): void {
  for (const { name, make, message: reason } of refused) {
    suite.check(`bundles: with ${name}, refused, and the old one decides on`, [world], async ([at]) => {
      const bytes = await make(at.revision + 1);
      at.server.publish(bytes);
      await until(`OPA has fetched ${name}`, () => at.server.handedOut(bytes));
      await until(`OPA refuses ${name} because of ${reason}`, async () => {
        const { code, message = "" } = await at.opa.bundleStatus();
        return code === "bundle_error" && reason.test(message);
      });
      // It is asked for again, and never taken.
      await sleep(POLLING_SECONDS * 1000);
      const { active_revision: active, message = "" } = await at.opa.bundleStatus();
      equal(active, `${at.revision}`);
      match(message, reason);
      await serves(at);
    });
  }
  suite.check("bundles: a sound one is activated after all of these", [world], async ([at]) => {
    await publishNext(at);
    equal((await at.opa.bundleStatus()).code, undefined);
    ok(/Bundle load failed|Bundle activation failed/.test(at.opa.said()), "OPA logs what it refused");
  });
}

async function older([at]: readonly [BundleWorld], note: (text: string) => void): Promise<void> {
  const newest = at.revision;
  at.server.publish(await signed(at.signer, newest - 1));
  await at.opa.activated(newest - 1);
  for (const name of bases.keys()) {
    const verdict = await at.opa.decide(requestLike(name, { revisionSeen: newest }));
    equal([name, verdict], [name, { allow: false, reasons: ["policy.stale"], observed: [], revision: newest - 1 }]);
    const before = await at.opa.decide(requestLike(name, { revisionSeen: newest - 1 }));
    equal([name, before.allow], [name, true]);
  }
  note(`${bases.size} requests that are allowed otherwise: each denied with policy.stale alone`);
  await publishNext(at);
  await serves(at);
}

async function swapped([at]: readonly [BundleWorld], note: (text: string) => void): Promise<void> {
  const [old, suspended] = [
    at.revision,
    exampleBundle(policyWith({ "agents/support-triage/suspended": true }, "swap")),
  ];
  const allowed = { allow: true, reasons: [], observed: [], revision: old };
  const denied = { allow: false, reasons: ["agent.suspended"], observed: [], revision: old + 1 };
  const bytes = await signed(at.signer, old + 1, suspended);
  let [published, seen, decisions, longest] = [Infinity, Infinity, 0, 0];
  const ask = async (): Promise<void> => {
    while (performance.now() < seen + 500) {
      const start = performance.now();
      const verdict = await at.opa.decide(request({ revisionSeen: old }));
      const end = performance.now();
      decisions += 1;
      longest = Math.max(longest, end - start);
      // Rules and data change together: a decision is of one bundle or of the other.
      equal(verdict, verdict.revision === old ? allowed : denied);
      // What was asked after the change was seen is of the new one.
      ok(verdict.revision === old + 1 || start <= seen, "no decision goes back to the old bundle");
      if (verdict.revision === old + 1) seen = Math.min(seen, end);
      if (end - published > PATIENCE_MILLISECONDS) throw new Error("the new bundle does not take effect");
    }
  };
  const asking = Array.from({ length: ASKING }, ask);
  await Promise.race([sleep(500), ...asking]);
  published = performance.now();
  at.server.publish(bytes);
  await Promise.all(asking);
  const seconds = (seen - published) / 1000;
  const polling = `OPA asks every ${POLLING_SECONDS} s`;
  note(
    `in effect after ${seconds.toFixed(2)} s (${polling}); ${decisions} decisions, the longest ${longest.toFixed(0)} ms`,
  );
  at.revision = old + 1;
  await publishNext(at);
  await serves(at);
}
