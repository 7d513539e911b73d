import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { until } from "../harness/until";
import type { SpireWorld } from "./spire-world";
import { serialOf } from "./svid";
import type { HeldX509 } from "./workload-api";

/** As long as `x509Svid` of `faultChecks` says */
export const X509_SECONDS = 30;
/** Between what the programs and this process call now, and what a question takes on a busy machine */
export const SKEW_SECONDS = 5;
/** SPIRE asks its server, and the server its database, every five seconds each. */
export const SYNC_SECONDS = 10;

export type Note = (text: string) => void;

export async function held(world: SpireWorld): Promise<HeldX509> {
  const [svid] = await world.workload().x509();
  if (svid === undefined) throw new Error("the agent answered without an SVID");
  return svid;
}

export function agentHasEnded(world: SpireWorld): () => Promise<boolean> {
  return async () => !world.runningAgent().process.running();
}

export async function getsNothing(world: SpireWorld): Promise<boolean> {
  return held(world).then(
    () => false,
    () => true,
  );
}

/** An agent may hand out the old SVID even when that has expired, and nothing newer. */
export async function getsNothingBut(world: SpireWorld, old: HeldX509): Promise<boolean> {
  const svid = await held(world).catch(() => undefined);
  if (svid === undefined) return true;
  same(serialOf(svid), serialOf(old), "SVID while the server is away");
  return false;
}

/** Seconds until the workload has an SVID */
export function untilHeld(world: SpireWorld, within: number): Promise<number> {
  return until(async () => !(await getsNothing(world)), within, "the workload gets no SVID");
}

/** Seconds until the workload has another SVID than this */
export function untilRenewed(world: SpireWorld, before: HeldX509): Promise<number> {
  const renewed = async (): Promise<boolean> => serialOf(await held(world).catch(() => before)) !== serialOf(before);
  return until(renewed, X509_SECONDS + SYNC_SECONDS + SKEW_SECONDS, "the workload gets no new SVID");
}

export async function token(world: SpireWorld, audience: string): Promise<string> {
  const [svid] = await world.workload().jwt(audience);
  if (svid === undefined) throw new Error("the agent answered without a token");
  return svid.token;
}

export function timesOf(jwt: string): { readonly iat: number; readonly exp: number } {
  return JSON.parse(Buffer.from(jwt.split(".")[1] as string, "base64url").toString()) as { iat: number; exp: number };
}

/** The keys of JWT-SVIDs in the server's bundle; SPIFFE names another use than JOSE. */
export async function jwtKeys(world: SpireWorld): Promise<JWTVerifyGetKey> {
  const { keys } = (await world.runningServer().commands.bundle()) as JSONWebKeySet;
  return createLocalJWKSet({ keys: keys.filter(({ use }) => use === "jwt-svid").map(({ use, ...key }) => key) });
}

export async function refused(asked: Promise<unknown>, what: string): Promise<void> {
  const got = await asked.then(
    () => true,
    () => false,
  );
  if (got) throw new Error(`${what} must be refused`);
}

export async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

export function same(got: unknown, wanted: unknown, what: string): void {
  if (got !== wanted) throw new Error(`${what} must be ${String(wanted)}, got ${String(got)}`);
}

export function figure(note: Note, what: string, seconds: number): void {
  note(`${what}: ${seconds.toFixed(1)} s`);
}
