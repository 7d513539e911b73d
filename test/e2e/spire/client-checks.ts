import { deepStrictEqual as equal, ok } from "node:assert";
import type { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createLocalJWKSet, jwtVerify } from "jose";
import { systemClock } from "../../../runtime/clock";
import { certificatesInPem } from "../../../runtime/workload-api/certificates";
import type { JwtBundles } from "../../../runtime/workload-api/messages";
import { WorkloadApi } from "../../../runtime/workload-api/workload-api";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { newWorld, type Platform } from "./attestation-checks";
import type { SpirePrograms } from "./programs";
import type { SpireWorld } from "./spire-world";

const READY_MILLISECONDS = 20_000;
const AUDIENCE = "https://exchange.prod.acme.example";
/** Rotated at half of its life */
const SHORT_LIFE_SECONDS = 30;

/** The client of the Workload API that exchange and companion have, with SPIRE's own agent */
export function clientChecks(suite: Suite, programs: Check<SpirePrograms>, platform: Check<Platform>): void {
  const attested = suite.check("client: its own agent", [programs, platform], async ([binaries, { cluster }]) => {
    const world = await newWorld(suite, binaries, cluster, "client");
    await world.startServer();
    await world.startOwnAgent();
    return world;
  });

  const client = suite.check(
    "client: it waits where there is no identity yet, and then has it",
    [attested],
    async ([world]) => {
      const source = clientOf(world);
      suite.afterwards(() => source.close());
      await rejects(source.ready(2_000), /no SVID within 2000 ms: there is no identity for this process/);
      const { commands } = world.runningServer();
      const { id, spiffeId } = await world.register("support", "triage");
      const svid = await source.ready(READY_MILLISECONDS);
      equal(svid.spiffeId, spiffeId);
      const [leaf] = svid.chain as [X509Certificate];
      const authorities = certificatesInPem(svid.ca);
      ok(
        authorities.some((authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey)),
        "it chains",
      );
      equal(
        certificatesInPem(await commands.bundlePem()).map(({ fingerprint256 }) => fingerprint256),
        [...authorities.map(({ fingerprint256 }) => fingerprint256)],
      );
      return { source, entry: id, spiffeId };
    },
  );

  suite.check(
    "client: JWT-SVIDs verify with the bundle that it follows",
    [attested, client],
    async ([world, { source }]) => {
      const [svid] = await source.jwt(AUDIENCE);
      const trustDomain = world.options.rendered.trustDomain;
      const bundles = await new Promise<JwtBundles>((resolve, reject) => {
        const stream = source.followJwtBundles(
          (heard) => resolve((stream.close(), heard)),
          ({ why }) => reject(new Error(why)),
        );
      });
      const keys = createLocalJWKSet(JSON.parse(bundles.get(trustDomain) ?? "{}"));
      const { payload } = await jwtVerify(svid?.token ?? "", keys, { audience: AUDIENCE });
      equal(payload.sub, svid?.spiffeId);
      await rejects(source.jwt(AUDIENCE, `spiffe://${trustDomain}/ns/support/sa/other`), /PERMISSION_DENIED/);
    },
  );

  const restarted = suite.check(
    "client: it keeps its SVID while the agent restarts, and follows it again",
    [attested, client],
    async ([world, { source }]) => {
      const before = source.current()?.thumbprint;
      await world.runningAgent().process.kill();
      const isAway = (): boolean => /UNAVAILABLE|CANCELLED|UNKNOWN/.test(source.lastProblem);
      await until(isAway, READY_MILLISECONDS / 1_000, "it does not hear that the agent is away");
      equal(source.current()?.thumbprint, before);
      const changed = new Promise<string | undefined>((resolve) =>
        source.onChange((svid) => resolve(svid?.thumbprint)),
      );
      await world.startOwnAgent();
      ok((await within(changed)) !== before, "a new SVID comes over the new stream");
    },
  );

  suite.check(
    "client: a rotation comes by itself",
    [attested, client, restarted],
    async ([world, { source, entry, spiffeId }], note) => {
      const { commands } = world.runningServer();
      await commands.deleteEntry(entry);
      const isForgotten = (): boolean => source.current() === undefined;
      await until(isForgotten, READY_MILLISECONDS / 1_000, "it goes on with an identity that was taken away");
      await commands.createEntry({
        spiffeId,
        parentId: world.agentId,
        selectors: [`unix:uid:${process.getuid?.()}`, `unix:path:${process.execPath}`],
        x509SvidSeconds: SHORT_LIFE_SECONDS,
      });
      const first = await source.ready(READY_MILLISECONDS);
      const next = await within(
        new Promise<string>((resolve) => source.onChange((svid) => resolve(svid?.thumbprint ?? ""))),
      );
      ok(next !== "" && next !== first.thumbprint, "another SVID");
      ok(source.current()?.key !== first.key, "another key");
      note(`with SVIDs of ${SHORT_LIFE_SECONDS} s`);
    },
  );
}

function clientOf(world: SpireWorld): WorkloadApi {
  return new WorkloadApi({
    socket: `unix://${world.runningAgent().socket}`,
    clock: systemClock,
    backOff: { first: 200, most: 1_000 },
  });
}

async function rejects(promise: Promise<unknown>, why: RegExp): Promise<void> {
  const message = await promise.then(
    () => "nothing",
    (error: Error) => error.message,
  );
  if (!why.test(message)) throw new Error(`expected ${why}, got ${message}`);
}

function within<T>(promise: Promise<T>): Promise<T> {
  const late = sleep(2 * READY_MILLISECONDS, undefined, { ref: false }).then(() => {
    throw new Error(`nothing came within ${2 * READY_MILLISECONDS} ms`);
  });
  return Promise.race([promise, late]);
}
