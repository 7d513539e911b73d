import { jwtVerify } from "jose";
import { setTimeout as sleep } from "node:timers/promises";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { attempt, newWorld, type Platform } from "./attestation-checks";
import {
  agentHasEnded,
  figure,
  getsNothing,
  getsNothingBut,
  held,
  jwtKeys,
  type Note,
  refused,
  same,
  SKEW_SECONDS,
  SYNC_SECONDS,
  timed,
  timesOf,
  token,
  untilHeld,
  untilRenewed,
  X509_SECONDS,
} from "./held-svids";
import type { SpirePrograms } from "./programs";
import { renderSpire } from "./rendered-spire";
import type { SpireWorld } from "./spire-world";
import { expiresAt, issuedAt, serialOf, verifies } from "./svid";

/** So short that whole lives fit into a check, in the proportions that the constructs demand */
const LIFETIMES = { x509Svid: "30s", jwtSvid: "15s", ca: "3m" } as const;
/** Share of its life at which an SVID has been renewed for certain: half of it, a tenth of jitter, and the interval */
const RENEWED_BY = 0.85;
const JWT_SECONDS = 15;
/** A CA is replaced after five sixths of its life. */
const AGING = { x509Svid: "15s", jwtSvid: "15s", ca: "90s" } as const;
const AGING_CA_SECONDS = 90;
const AGENT = { namespace: "support", account: "triage" } as const;
const AUDIENCE = "https://exchange.prod.acme.example";

type Workplace = { readonly world: SpireWorld; readonly entry: { readonly id: string; readonly spiffeId: string } };

/** What a workload holds when SPIRE fails, and for how long. Seconds are measured; only declared lifetimes are judged. */
export function faultChecks(suite: Suite, programs: Check<SpirePrograms>, platform: Check<Platform>): void {
  const place = suite.check(
    "faults: server, agent and workload, with short lifetimes",
    [programs, platform],
    async ([binaries, { cluster }], note): Promise<Workplace> => {
      const world = await newWorld(suite, binaries, cluster, "failing", renderSpire(LIFETIMES));
      await world.startServer();
      await world.startOwnAgent();
      const entry = await world.register(AGENT.namespace, AGENT.account);
      figure(note, "a new entry reaches its workload", await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS));
      note(`X.509-SVIDs ${LIFETIMES.x509Svid}, JWT-SVIDs ${LIFETIMES.jwtSvid}, CA ${LIFETIMES.ca}`);
      return { world, entry };
    },
  );
  const fault = (name: string, after: Check, act: (workplace: Workplace, note: Note) => Promise<void>): Check =>
    suite.check(`faults: ${name}`, [place, after], async ([workplace], note) => {
      await act(workplace, note);
      await workplace.world.strangersGetNothing();
    });
  const killed = fault("the server is killed and started again", place, serverKilled);
  const absent = fault("the server is away for longer than an SVID lives", killed, serverAway);
  const rotated = fault("the CA and the JWT key are replaced", absent, authoritiesReplaced);
  const lost = fault("an agent is killed and its data is lost", rotated, dataLost);
  const gone = fault("an entry is deleted", lost, entryDeleted);
  const evicted = fault("an agent is evicted", gone, agentEvicted);
  const banned = fault("an agent is banned", evicted, agentBanned);
  suite.check(
    "faults: a CA that comes of age is replaced without a gap",
    [programs, platform, place, banned],
    async ([binaries, { cluster }, { world: before }], note) => {
      // It publishes to the same ConfigMap.
      await before.stop();
      await caOfAge(await newWorld(suite, binaries, cluster, "aging", renderSpire(AGING)), note);
    },
  );
}

/** Its data stays. Agents serve on what they have. */
async function serverKilled({ world }: Workplace, note: Note): Promise<void> {
  const before = await held(world);
  await world.runningServer().process.kill();
  const during = await held(world);
  same(serialOf(during), serialOf(before), "SVID while the server is away");
  await refused(world.workload().jwt(`${AUDIENCE}/new`), "a token that the agent has not got yet");
  const agents = await timed(async () => void (await world.startServer()));
  figure(note, "the server answers again after its start", agents);
  const renewed = await untilRenewed(world, before);
  figure(note, "the workload has a new SVID after the server's start", agents + renewed);
  same(verifies(await held(world), before.authorities), true, "whether holders of the old bundle verify the new SVID");
}

/** An agent that cannot renew ends with its own SVID; the kubelet would start it again, as is done here. */
async function serverAway({ world }: Workplace, note: Note): Promise<void> {
  const before = await held(world);
  await world.runningServer().process.kill();
  const start = performance.now();
  const lasted = (expiresAt(before).getTime() - Date.now()) / 1000;
  const silent = await until(() => getsNothingBut(world, before), X509_SECONDS * 3, "the agent goes on");
  const ended = silent + (await until(agentHasEnded(world), SKEW_SECONDS, "the agent goes on"));
  figure(note, "the workload's last SVID stays valid after the server is lost", lasted);
  figure(note, "the agent answers without a server for", silent);
  figure(note, "the agent ends without a server after", ended);
  if (lasted > X509_SECONDS + SKEW_SECONDS) throw new Error(`an SVID must not live for ${lasted} s`);
  await refused(world.workload().x509(), "an SVID from an agent that has ended");
  await sleep(Math.max(0, expiresAt(before).getTime() + 1000 - Date.now()));
  same(verifies(before, before.authorities), false, "whether the last SVID verifies after its end");
  await refused(world.startOwnAgent(), "an agent without a server");
  note(`without a server for ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const back = await timed(async () => {
    await world.startServer();
    await world.startOwnAgent();
    await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS);
  });
  figure(note, "server and agent started again, the workload has an SVID after", back);
}

async function authoritiesReplaced({ world }: Workplace, note: Note): Promise<void> {
  const { commands } = world.runningServer();
  const [oldSvid, oldToken, oldKeys] = [await held(world), await token(world, AUDIENCE), await jwtKeys(world)];
  const old = { x509: await replace(world, "x509"), jwt: await replace(world, "jwt") };
  const activated = performance.now();
  const followed = await untilRenewed(world, oldSvid);
  figure(note, "a workload has an SVID of the new CA after it is activated", followed);
  // The agent's own SVID too must be of the new CA before the old one is revoked, or its server knows it no more.
  await sleep(Math.max(0, X509_SECONDS * RENEWED_BY * 1000 - (performance.now() - activated)));
  const between = await held(world);
  same(verifies(between, between.authorities), true, "whether the agent's bundle verifies the new SVID");
  same(verifies(between, oldSvid.authorities), false, "whether the old CA alone verifies the new SVID");
  if (expiresAt(oldSvid) > new Date()) {
    same(verifies(oldSvid, between.authorities), true, "whether the old SVID verifies until it ends");
  }
  same(between.authorities.length >= 2, true, "whether both CAs are in the bundle");
  const tainted = performance.now();
  for (const kind of ["x509", "jwt"] as const) {
    await commands.localAuthority(kind, "taint", old[kind]);
    await commands.localAuthority(kind, "revoke", old[kind]);
  }
  const bundleFollows = async (): Promise<boolean> =>
    !verifies(oldSvid, (await held(world)).authorities, new Date(expiresAt(oldSvid).getTime() - 1000));
  await until(bundleFollows, SYNC_SECONDS + SKEW_SECONDS, "the old CA stays in the bundle");
  figure(note, "a revoked CA is out of the workload's bundle after", (performance.now() - tainted) / 1000);
  const currentDate = new Date(timesOf(oldToken).iat * 1000);
  await jwtVerify(oldToken, oldKeys, { currentDate });
  await refused(jwtVerify(oldToken, await jwtKeys(world), { currentDate }), "a token of a revoked key");
  const now = await held(world);
  same(verifies(now, now.authorities), true, "whether the workload's SVID verifies");
  await commands.localAuthority("x509", "taint", await replace(world, "x509"));
  figure(note, "a workload of a tainted CA has another SVID after", await untilRenewed(world, now));
}

/** As SPIRE's manual says: an agent that has not heard of a new CA trusts no server that already uses it. */
async function replace(world: SpireWorld, kind: "x509" | "jwt"): Promise<string> {
  const { commands } = world.runningServer();
  const known = new Set((await held(world)).authorities.map(({ fingerprint256 }) => fingerprint256));
  const next = await commands.prepareAuthority(kind);
  if (kind === "x509") {
    const arrived = async (): Promise<boolean> =>
      (await held(world)).authorities.some(({ fingerprint256 }) => !known.has(fingerprint256));
    await until(arrived, SYNC_SECONDS + SKEW_SECONDS, "the agent does not hear of the prepared CA");
  }
  await commands.localAuthority(kind, "activate", next);
  return commands.oldAuthority(kind);
}

/** Its keys are in memory: whether the disk is lost or not, it attests again. */
async function dataLost({ world }: Workplace, note: Note): Promise<void> {
  const before = await held(world);
  await world.runningAgent().process.kill();
  await refused(world.workload().x509(), "an SVID from an agent that is dead");
  same(verifies(before, before.authorities), true, "whether the workload's SVID outlives the agent");
  world.loseAgentData();
  const started = await timed(async () => void (await world.startOwnAgent()));
  figure(note, "an agent without data has attested again after", started);
  figure(note, "its workload has an SVID after", started + (await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS)));
  const agents = await world.runningServer().commands.agents();
  same(agents.length, 1, "number of agents");
}

async function entryDeleted({ world, entry }: Workplace, note: Note): Promise<void> {
  const { commands } = world.runningServer();
  const last = await token(world, `${AUDIENCE}/last`);
  const [before, deleted] = [await held(world), performance.now()];
  await commands.deleteEntry(entry.id);
  await until(() => getsNothing(world), SYNC_SECONDS + SKEW_SECONDS, "the workload still gets an SVID");
  figure(note, "the agent stops handing out X.509-SVIDs after", (performance.now() - deleted) / 1000);
  await refused(world.workload().jwt(`${AUDIENCE}/last`), "a token, even one that the agent had");
  const left = (expiresAt(before).getTime() - Date.now()) / 1000;
  figure(note, "the SVID that the workload holds then stays valid for", left);
  if (left > X509_SECONDS + SKEW_SECONDS) throw new Error(`an SVID must not live for ${left} s`);
  const keys = await jwtKeys(world);
  const verifiesNow = (): Promise<boolean> =>
    jwtVerify(last, keys).then(
      () => true,
      () => false,
    );
  same(await verifiesNow(), true, "whether the token still verifies");
  await until(async () => !(await verifiesNow()), JWT_SECONDS + SKEW_SECONDS, "the token still verifies");
  const { iat, exp } = timesOf(last);
  same(exp - iat, JWT_SECONDS, "seconds of life of the token");
  figure(
    note,
    "a token issued just before verifies, after the entry is deleted, for",
    (performance.now() - deleted) / 1000,
  );
}

/** It may attest again, and does. */
async function agentEvicted({ world }: Workplace, note: Note): Promise<void> {
  await world.register(AGENT.namespace, AGENT.account);
  await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS);
  const { commands } = world.runningServer();
  const [before, start] = [await held(world), performance.now()];
  await commands.json("agent evict", ["-spiffeID", world.agentId]);
  const again = async (): Promise<boolean> => (await commands.agents()).length === 1;
  await until(again, X509_SECONDS + SKEW_SECONDS, "the agent does not attest again");
  figure(note, "an evicted agent has attested again after", (performance.now() - start) / 1000);
  figure(
    note,
    "its workload has a new SVID after",
    (performance.now() - start) / 1000 + (await untilRenewed(world, before)),
  );
}

/** It ends, and no token brings it back until the ban is lifted by evicting it. */
async function agentBanned({ world }: Workplace, note: Note): Promise<void> {
  const { commands } = world.runningServer();
  const [before, last, start] = [await world.agentToken(), await held(world), performance.now()];
  await commands.json("agent ban", ["-spiffeID", world.agentId]);
  await until(agentHasEnded(world), X509_SECONDS + SKEW_SECONDS, "the agent goes on");
  figure(note, "a banned agent ends after", (performance.now() - start) / 1000);
  await refused(world.workload().x509(), "an SVID from a banned agent");
  const left = (expiresAt(last).getTime() - Date.now()) / 1000;
  figure(note, "what its workload holds stays valid for", Math.max(0, left));
  if (left > X509_SECONDS + SKEW_SECONDS) throw new Error(`an SVID must not live for ${left} s`);
  for (const again of [before, await world.agentToken()]) {
    const said = await attempt(world, again, "banned");
    if (said === undefined || !/banned/.test(said)) throw new Error(`a banned agent must be refused, got ${said}`);
  }
  same(world.agentHoldsSvid("banned"), false, "whether a banned agent got an SVID");
  await commands.json("agent evict", ["-spiffeID", world.agentId]);
  const back = await timed(async () => {
    await world.startOwnAgent();
    await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS);
  });
  figure(note, "the ban lifted and the agent started again, its workload has an SVID after", back);
}

/** At each look the workload holds an SVID that its bundle verifies, of the old CA and then of the new. */
async function caOfAge(world: SpireWorld, note: Note): Promise<void> {
  const start = performance.now();
  await world.startServer();
  await world.startOwnAgent();
  await world.register(AGENT.namespace, AGENT.account);
  await untilHeld(world, SYNC_SECONDS + SKEW_SECONDS);
  const first = await held(world);
  let looks = 0;
  const followed = async (): Promise<boolean> => {
    const svid = await held(world);
    same(verifies(svid, svid.authorities), true, `whether the SVID of look ${++looks} verifies`);
    return !verifies(svid, first.authorities, issuedAt(svid));
  };
  await until(followed, AGING_CA_SECONDS, "the workload still has an SVID of the first CA");
  figure(
    note,
    `with a CA of ${AGING.ca} the workload has an SVID of the next after`,
    (performance.now() - start) / 1000,
  );
  note(`valid at each of ${looks} looks`);
  same((await held(world)).authorities.length >= 2, true, "whether the first CA is still in the bundle");
}
