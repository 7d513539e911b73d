import { issuerKeys } from "../../../runtime/outside/issuer-keys";
import { StartEvidenceVerifier } from "../../../runtime/exchange/start-evidence";
import { KeysUnavailable } from "../../../runtime/jose/key-source";
import { KeySet } from "../../../runtime/signer/key-set";
import {
  CLAIMS,
  EVIDENCE,
  evidenceCodes,
  fleet,
  KEYS,
  proven,
  SCHEDULER,
  signerOf,
  WEBHOOKS,
} from "../../support/exchange/token-world";
import { compact, type Members } from "../../support/tokens";

const token = (task: string, iss = SCHEDULER, claims: Members = {}) =>
  compact(
    { alg: "ES256", kid: KEYS.scheduler.kid, typ: "ambit-start+jwt" },
    { ...CLAIMS.start, iss, task, ...claims },
    KEYS.scheduler.privateKey,
  );

/** The fleet, with starters for these tasks alone */
const starting = (...tasks: readonly string[]) => ({
  ...fleet,
  starters: fleet.starters.map((starter) => ({ ...starter, tasks })),
});

describe("a starter that may start one task", () => {
  test("starts it", async () => {
    expect(
      await evidenceCodes(proven("schedule", "sweep", token("sweep"), { fleet: starting("triage.sweep") })),
    ).toEqual([]);
  });

  test.each([
    ["another task of the agent", "triage.react"],
    ["the task of that name of another agent", "front.sweep"],
    ["nothing", undefined],
  ])("fails to start it where it may start %s", async (_, ...tasks) => {
    const only = starting(...tasks.filter((task) => task !== undefined));
    const found = proven("schedule", "sweep", token("sweep"), { fleet: only });
    expect(await evidenceCodes(found)).toEqual(["evidence.starter-unknown"]);
  });
});

describe("an event inherits", () => {
  const react = fleet.agentNamed("triage")?.tasks.get("react");
  if (react === undefined) throw new Error("no task react");
  const by = async (iss: string, cleanEvents: readonly string[] | undefined) =>
    (await proven("event", "react", token("react", iss), { task: { ...react, cleanEvents } })).inherits;

  test("unless the registry says that the agent brings none of its starter about", async () => {
    expect(await by(WEBHOOKS, undefined)).toBe(true);
    expect(await by(WEBHOOKS, [])).toBe(true);
    expect(await by(WEBHOOKS, [SCHEDULER])).toBe(true);
    expect(await by(WEBHOOKS, [SCHEDULER, WEBHOOKS])).toBeUndefined();
  });

  test("and a schedule does not inherit: no agent writes to the clock", async () => {
    const starters = fleet.starters.map((starter) => ({ ...starter, starts: ["schedule"] as const }));
    expect(
      (await proven("schedule", "sweep", token("sweep"), { fleet: { ...fleet, starters } })).inherits,
    ).toBeUndefined();
  });

  describe("an event of a starter that proves schedules too", () => {
    const shownAs = async (start: "event" | "schedule", claims: Members, cleanEvents: readonly string[] = []) => {
      const task = { ...react, startedBy: ["event", "schedule"], cleanEvents } as const;
      return (await proven(start, "react", token("react", SCHEDULER, claims), { task })).inherits;
    };

    test("also where it is presented as a schedule, and the token names no start", async () => {
      expect(await shownAs("schedule", {})).toBe(true);
      expect(await shownAs("schedule", {}, [SCHEDULER])).toBeUndefined();
    });

    test("and a token for a schedule does not inherit", async () => {
      expect(await shownAs("schedule", { ambit_start: "schedule" })).toBeUndefined();
      expect(await shownAs("event", { ambit_start: "event" })).toBe(true);
    });

    test("and is refused as a start that differs from the token's", async () => {
      const asked = (start: "event" | "schedule", said: unknown) => evidenceCodes(shown(start, { ambit_start: said }));
      const shown = async (start: "event" | "schedule", claims: Members) =>
        proven(start, "react", token("react", SCHEDULER, claims), {
          task: { ...react, startedBy: ["event", "schedule"] },
        });
      expect(await asked("schedule", "event")).toEqual(["evidence.starter-unknown"]);
      expect(await asked("event", "schedule")).toEqual(["evidence.starter-unknown"]);
      expect(await asked("event", "user")).toEqual(["evidence.malformed"]);
    });
  });
});

describe("the keys of a starter", () => {
  const get = async () => Promise.reject(new Error("no address is asked"));
  const written = async () => (await KeySet.of([signerOf(KEYS.scheduler)])).jwks.keys;

  test("are those that the signed registry holds, and no address is asked", async () => {
    const keys = issuerKeys({ get })({ issuer: SCHEDULER, jwks: await written() });
    expect(await keys.keyOf(KEYS.scheduler.kid, "ES256")).toBeDefined();
    expect(await keys.keyOf("another", "ES256")).toBeUndefined();
  });

  test("are read once of one registry", async () => {
    const keysOf = issuerKeys({ get });
    const entry = { issuer: SCHEDULER, jwks: await written() };
    expect(keysOf(entry)).toBe(keysOf(entry));
    expect(keysOf({ ...entry })).not.toBe(keysOf(entry));
  });

  test("are at the address where the registry names one", async () => {
    const keys = issuerKeys({ get })({ issuer: SCHEDULER, jwksUri: "https://scheduler.acme.example/keys" });
    await expect(keys.keyOf("any", "ES256")).rejects.toThrow(KeysUnavailable);
  });

  test("prove its start", async () => {
    const [keys] = [await written()];
    const starters = fleet.starters.map(({ jwksUri: _, ...starter }) => ({ ...starter, jwks: keys }));
    const verifier = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: issuerKeys({ get }) });
    const request = { fleet: { ...fleet, starters } };
    expect(await evidenceCodes(proven("schedule", "sweep", token("sweep"), request, verifier))).toEqual([]);
  });

  test("are not there where the registry was signed without them", async () => {
    const starters = fleet.starters.map(({ jwksUri: _, ...starter }) => ({ ...starter, kms: ["alias/ambit/x"] }));
    const verifier = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: issuerKeys({ get }) });
    const found = proven("schedule", "sweep", token("sweep"), { fleet: { ...fleet, starters } }, verifier);
    expect(await evidenceCodes(found)).toEqual(["evidence.keys-unavailable"]);
  });

  test("that are no keys prove nothing", async () => {
    const starters = fleet.starters.map(({ jwksUri: _, ...starter }) => ({ ...starter, jwks: [] }));
    const verifier = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: issuerKeys({ get }) });
    const found = proven("schedule", "sweep", token("sweep"), { fleet: { ...fleet, starters } }, verifier);
    expect(await evidenceCodes(found)).toEqual(["evidence.signature"]);
  });
});
