import { StartEvidenceVerifier } from "../../../runtime/exchange/start-evidence";
import { KeysUnavailable } from "../../../runtime/jose/key-source";
import { ACCESS_TOKEN_TYPE, type AccessTokenClaims } from "../../../runtime/token/access-token";
import { ACCESS_TOKEN_URN, JWT_URN } from "../../../runtime/token/token-answer";
import cases from "../../cases/starts.json";
import { FRONT, TRIAGE } from "../../support/exchange/small-fleet";
import {
  CLAIMS,
  EVIDENCE,
  evidenceCodes,
  fleet,
  ISSUER,
  KEYS,
  LOGIN,
  NOW,
  PARENT_CLAIMS,
  proven,
  RUN,
  runs,
  SCHEDULER,
  WEBHOOKS,
  work,
} from "../../support/exchange/token-world";
import { compact, type Members, tokenKey } from "../../support/tokens";

type Row = (typeof cases)[number];
type Evidence = Partial<
  Record<keyof Extract<Row["evidence"], object> | "audience" | "expiresAt" | "issuedAt", unknown>
> &
  Members & { readonly start: "user" | "schedule" | "event" | "delegation" | "agent" };

const user = (more: Members = {}, header: Members = {}) =>
  compact({ alg: "ES256", kid: KEYS.login.kid, ...header }, { ...CLAIMS.user, ...more }, KEYS.login.privateKey);
const start = (more: Members = {}, header: Members = {}) =>
  compact(
    { alg: "ES256", kid: KEYS.scheduler.kid, typ: "ambit-start+jwt", ...header },
    { ...CLAIMS.start, ...more },
    KEYS.scheduler.privateKey,
  );
const parent = (more: Members = {}) =>
  compact(
    { alg: "ES256", kid: KEYS.exchange.kid, typ: ACCESS_TOKEN_TYPE },
    { ...PARENT_CLAIMS, ...more },
    KEYS.exchange.privateKey,
  );

const at = (time: unknown) => (typeof time === "number" ? NOW - 1_000 + time : undefined);

/** The token that says what a row of the table says */
function tokenOf(row: Row): string | undefined {
  const evidence = row.evidence as unknown as Evidence;
  const { audience, mayAct, client, tasks = [] } = evidence;
  const times = { iat: at(evidence.issuedAt), exp: at(evidence.expiresAt) };
  switch (evidence.start) {
    case "user":
      return user({
        ...times,
        aud: audience,
        may_act: mayAct === undefined ? undefined : { sub: mayAct },
        client_id: client,
        scope: (tasks as readonly string[]).map((task) => `ambit:${task.replace(".", ":")}`).join(" "),
      });
    case "schedule":
    case "event": {
      const { knownStarter, subject, task, type } = evidence;
      const iss = knownStarter === true ? SCHEDULER : WEBHOOKS;
      return start({ ...times, iss, aud: audience, sub: subject, task }, { typ: type });
    }
    case "delegation": {
      const [delegator, task] = String(evidence.parent).split(".");
      const client_id = delegator === "front" ? FRONT : "spiffe://prod.acme.example/ns/support/sa/gone";
      const aud = (audience as readonly string[])[0] === ISSUER ? "exchange" : "aws";
      const may_act = mayAct === undefined || aud === "aws" ? undefined : { sub: mayAct };
      const named = { client_id, act: { sub: client_id }, task, scope: `ambit:triage:${row.task}` };
      return parent({ ...named, aud, may_act, exp: times.exp, iat: (times.exp ?? 0) - 300 });
    }
    case "agent":
      return undefined;
  }
}

/** What is refused earlier, or elsewhere, than the table has it */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "a parent token for AWS": ["parent.not-exchangeable"],
  "a parent token without may_act": ["evidence.malformed"],
  // The store decides, in the write that starts the run.
  "an event's evidence seen before": [],
};

describe("the table of starts holds for tokens", () => {
  const coded = (reason: string | null): readonly string[] =>
    reason === null
      ? []
      : [reason.replace("start-not-declared", "start.undeclared").replace(/^(evidence|delegation)-/, "$1.")];

  test.each(cases.map((row) => [row.name, row] as const))("%s", async (name, row) => {
    const { start: by } = row.evidence as unknown as Evidence;
    expect(await evidenceCodes(proven(by, row.task, tokenOf(row)))).toEqual(OTHERWISE[name] ?? coded(row.reason));
  });
});

describe("a user's token", () => {
  test("proves its user, its end, and evidence from outside that may be used again", async () => {
    expect(await proven("user", "answer", user())).toEqual({
      by: "user",
      user: { issuer: LOGIN, subject: "ada" },
      expiresAt: NOW + 300,
      parent: undefined,
      parentToken: undefined,
      outside: { digest: expect.stringMatching(/^[\w-]{43}$/), single: false, until: NOW + 300, newSession: false },
    });
  });

  test("names its task by authorization details too", async () => {
    const details = [
      { type: "payment", amount: 1 },
      { type: "ambit_task", agent: "triage", task: "answer" },
    ];
    expect(
      await evidenceCodes(proven("user", "answer", user({ scope: undefined, authorization_details: details }))),
    ).toEqual([]);
  });

  test.each(["at+jwt", "AT+JWT", "application/at+jwt", "JWT", undefined])("may be of type %s", async (typ) => {
    expect(await evidenceCodes(proven("user", "answer", user({}, { typ })))).toEqual([]);
  });

  test("may be sent as an access token or as a JWT", async () => {
    expect(await evidenceCodes(proven("user", "answer", user(), { type: ACCESS_TOKEN_URN }))).toEqual([]);
  });

  test("may ask for a clean session", async () => {
    const { outside } = await proven("user", "answer", user({ ambit_session: "new" }));
    expect(outside?.newSession).toBe(true);
  });

  test("begins a clean session no longer than it starts a task, and ends with whole seconds", async () => {
    const found = await proven("user", "answer", user({ exp: NOW + 90_000.9 }));
    expect(found.expiresAt).toBe(NOW + 90_000);
    expect(found.outside?.until).toBe(CLAIMS.user.iat + 3_600);
  });

  const detail = { type: "ambit_task", agent: "triage", task: "answer" };
  test.each<[string, Members, string]>([
    ["has no sub", { sub: undefined }, "evidence.malformed"],
    ["has an empty sub", { sub: "" }, "evidence.malformed"],
    ["has a number as sub", { sub: 7 }, "evidence.malformed"],
    ["has a sub of 2,049 characters", { sub: "x".repeat(2_049) }, "evidence.malformed"],
    ["has a number as jti", { jti: 7 }, "evidence.malformed"],
    ["has an empty jti", { jti: "" }, "evidence.malformed"],
    ["has a list as client", { client_id: ["support-web"] }, "evidence.malformed"],
    ["names two clients", { azp: "shop" }, "evidence.malformed"],
    ["has text as may_act", { may_act: TRIAGE }, "evidence.malformed"],
    ["has a list as may_act", { may_act: [{ sub: TRIAGE }] }, "evidence.malformed"],
    ["has an empty may_act", { may_act: {} }, "evidence.malformed"],
    ["has null as may_act", { may_act: null }, "evidence.malformed"],
    ["has a list as scope", { scope: ["ambit:triage:answer"] }, "evidence.malformed"],
    ["has one object as authorization details", { authorization_details: detail }, "evidence.malformed"],
    ["has text among its authorization details", { authorization_details: ["ambit_task"] }, "evidence.malformed"],
    [
      "has a detail with an unknown member",
      { authorization_details: [{ ...detail, amount: 1 }] },
      "evidence.malformed",
    ],
    [
      "has a detail without a task",
      { authorization_details: [{ type: "ambit_task", agent: "triage" }] },
      "evidence.malformed",
    ],
    ["asks for another session", { ambit_session: "old" }, "evidence.malformed"],
    ["asks for a clean session by true", { ambit_session: true }, "evidence.malformed"],
    ["begins more than a minute ahead", { nbf: NOW + 61 }, "evidence.from-future"],
    ["has a fraction of a second left", { exp: NOW + 0.5 }, "evidence.expired"],
    ["names its task in capitals", { scope: "AMBIT:triage:answer" }, "evidence.other-task"],
    ["names its task in one word with another", { scope: "ambit:triage:answer,other" }, "evidence.other-task"],
    ["names more than a task in a scope", { scope: "ambit:triage:answer:all" }, "evidence.other-task"],
    ["names its task with a dot in the agent", { scope: "ambit:triage.answer:" }, "evidence.other-task"],
    ["is of a starter", { iss: SCHEDULER }, "evidence.issuer-unknown"],
    ["is of the exchange", { iss: ISSUER }, "evidence.issuer-unknown"],
    ["has no issuer", { iss: undefined }, "evidence.issuer-unknown"],
    ["is of a list of issuers", { iss: [LOGIN] }, "evidence.issuer-unknown"],
    ["is of an issuer with a slash behind", { iss: `${LOGIN}/` }, "evidence.issuer-unknown"],
  ])("fails when it %s", async (_, claims, code) => {
    expect(await evidenceCodes(proven("user", "answer", user(claims)))).toEqual([code]);
  });

  test.each(["ambit-start+jwt", "dpop+jwt", "id_token+jwt", "jwt+at"])("fails when it is of type %s", async (typ) => {
    expect(await evidenceCodes(proven("user", "answer", user({}, { typ })))).toEqual(["evidence.type"]);
  });

  test("fails when its algorithm is not one of its issuer's, and no key is looked for", async () => {
    const [login] = fleet.issuers;
    if (login === undefined) throw new Error("no issuer");
    const only = { ...fleet, issuers: [{ ...login, algorithms: ["RS256"] }] };
    work.lookUps = 0;
    expect(await evidenceCodes(proven("user", "answer", user(), { fleet: only }))).toEqual(["evidence.signature"]);
    expect(work.lookUps).toBe(0);
  });

  test("fails when it is the exchange's own, though the registry names the exchange among the issuers", async () => {
    const [login] = fleet.issuers;
    if (login === undefined) throw new Error("no issuer");
    const verifier = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: () => EVIDENCE.keysOf(login) });
    const of = (issuer: string) =>
      proven(
        "user",
        "answer",
        user({ iss: issuer }),
        { fleet: { ...fleet, issuers: [{ ...login, issuer }] } },
        verifier,
      );
    expect(await evidenceCodes(of(ISSUER))).toEqual(["evidence.issuer-unknown"]);
    expect(await evidenceCodes(of(`${ISSUER}.other`))).toEqual([]);
  });

  test("fails when the keys of its issuer cannot be read", async () => {
    const keyOf = async () => {
      throw new KeysUnavailable("no answer");
    };
    const verifier = new StartEvidenceVerifier({ ...EVIDENCE, keysOf: () => ({ keyOf }) });
    expect(await evidenceCodes(proven("user", "answer", user(), {}, verifier))).toEqual(["evidence.keys-unavailable"]);
  });
});

describe("evidence is identified by its issuer and its jti", () => {
  const digest = async (token: string) => (await proven("user", "answer", token)).outside?.digest;

  test("and by its signed content, where it has no jti", async () => {
    const one = user({ jti: undefined });
    expect(await digest(one)).toBe(await digest(one));
    expect(await digest(one)).not.toBe(await digest(user({ jti: undefined, more: 1 })));
    expect(await digest(one)).not.toBe(await digest(user({ jti: one.slice(0, one.lastIndexOf(".")) })));
  });

  test("and by no other claim", async () => {
    expect(await digest(user({ more: 1 }))).toBe(await digest(user()));
    expect(await digest(user({ jti: "other" }))).not.toBe(await digest(user()));
  });

  test("and by its issuer, beside the same jti", async () => {
    const of = async (iss: string) => (await proven("event", "react", start({ iss, task: "react" }))).outside?.digest;
    expect(await of(SCHEDULER)).not.toBe(await of(WEBHOOKS));
  });

  test("never by its signature, which is malleable", async () => {
    const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const one = user({ jti: undefined });
    const [header, payload, signature] = one.split(".") as [string, string, string];
    const bytes = Buffer.from(signature, "base64url");
    const s = order - BigInt(`0x${bytes.subarray(32).toString("hex")}`);
    const changed = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
    const other = `${header}.${payload}.${changed.toString("base64url")}`;
    expect(other).not.toBe(one);
    expect(await digest(other)).toBe(await digest(one));
  });
});

describe("a start token", () => {
  test("proves a start without a user, once", async () => {
    expect(await proven("schedule", "sweep", start({ ambit_start: "schedule" }))).toEqual({
      by: "schedule",
      user: null,
      expiresAt: NOW + 250,
      parent: undefined,
      parentToken: undefined,
      outside: { digest: expect.stringMatching(/^[\w-]{43}$/), single: true, until: NOW + 91_150, newSession: false },
    });
  });

  test("may ask for a clean session", async () => {
    const { outside } = await proven("schedule", "sweep", start({ ambit_session: "new" }));
    expect(outside?.newSession).toBe(true);
  });

  test.each<[string, Members, string]>([
    ["has no jti", { jti: undefined }, "evidence.malformed"],
    ["has no sub", { sub: undefined }, "evidence.malformed"],
    ["has no task", { task: undefined }, "evidence.malformed"],
    ["has a list as task", { task: ["sweep"] }, "evidence.malformed"],
    ["names its task with the agent", { task: "triage.sweep" }, "evidence.other-task"],
    ["begins more than a minute ahead", { nbf: NOW + 61 }, "evidence.from-future"],
    ["lives for a fraction too long", { iat: NOW - 50.5 }, "evidence.too-long"],
    ["is of a platform issuer", { iss: LOGIN }, "evidence.issuer-unknown"],
    ["is of a starter for events", { iss: WEBHOOKS }, "evidence.starter-unknown"],
  ])("fails when it %s", async (_, claims, code) => {
    expect(await evidenceCodes(proven("schedule", "sweep", start(claims)))).toEqual([code]);
  });
});

describe("a parent token", () => {
  afterEach(() => runs.set(RUN.run, RUN));

  test("proves the run that handed the work on, with its user, and names no end but that of its presentation", async () => {
    expect(await proven("delegation", "look", parent())).toEqual({
      by: "delegation",
      user: RUN.user,
      expiresAt: undefined,
      parent: RUN,
      parentToken: { jti: "parent-jti", expiresAt: PARENT_CLAIMS.exp },
      outside: undefined,
    });
  });

  test("inherits where the run that handed the work on began by an event that inherits, and else does not", async () => {
    runs.set(RUN.run, { ...RUN, inherits: true });
    expect((await proven("delegation", "look", parent())).inherits).toBe(true);
    runs.set(RUN.run, RUN);
    expect(await proven("delegation", "look", parent())).not.toHaveProperty("inherits");
  });

  test.each<[string, Members, string]>([
    ["is for a tool", { aud: "tool:crm", may_act: undefined }, "parent.not-exchangeable"],
    ["is for AWS", { aud: "aws", may_act: undefined }, "parent.not-exchangeable"],
    ["is for the issuer", { aud: ISSUER, may_act: undefined }, "evidence.malformed"],
    ["is for a tool, but names a delegate", { aud: "tool:crm" }, "evidence.malformed"],
    ["names another delegate", { may_act: { sub: FRONT } }, "evidence.other-agent"],
    ["names another task", { scope: "ambit:triage:find" }, "evidence.other-task"],
    ["names two tasks", { scope: "ambit:triage:look ambit:triage:find" }, "evidence.other-task"],
    ["names no task", { scope: undefined }, "evidence.other-task"],
    ["is of another exchange", { iss: "https://exchange.dev.acme.example" }, "evidence.issuer-unknown"],
    ["is of a platform issuer", { iss: LOGIN }, "evidence.issuer-unknown"],
    ["has ended", { iat: NOW - 200, exp: NOW }, "evidence.expired"],
    ["lives too long", { iat: NOW - 101, exp: NOW + 200 }, "evidence.malformed"],
    ["was issued ahead", { iat: NOW + 61 }, "evidence.from-future"],
  ])("fails when it %s", async (_, claims, code) => {
    expect(await evidenceCodes(proven("delegation", "look", parent(claims)))).toEqual([code]);
  });

  test.each<[string, Partial<typeof RUN> | undefined, string]>([
    ["is not known", undefined, "run.unknown"],
    ["is over", { expiresAt: NOW }, "evidence.expired"],
    ["is of another agent", { spiffeId: TRIAGE }, "run.unknown"],
    ["is of another task", { task: "idle" }, "run.unknown"],
    ["is of another transaction", { txn: "run-2" }, "run.unknown"],
    ["is of another session", { sid: "sid-2" }, "run.unknown"],
  ])("fails when its run %s", async (_, changed, code) => {
    if (changed === undefined) runs.delete(RUN.run);
    else runs.set(RUN.run, { ...RUN, ...changed });
    expect(await evidenceCodes(proven("delegation", "look", parent()))).toEqual([code]);
  });

  test("fails when an issuer signed it, however much it looks like one", async () => {
    const forged: AccessTokenClaims = PARENT_CLAIMS;
    const header = { alg: "ES256", kid: KEYS.exchange.kid, typ: ACCESS_TOKEN_TYPE };
    for (const key of [KEYS.login, KEYS.scheduler, KEYS.spire, tokenKey("x")]) {
      const token = compact(header, { ...forged }, key.privateKey);
      expect(await evidenceCodes(proven("delegation", "look", token))).toEqual(["evidence.signature"]);
    }
  });
});

describe("a start by the agent", () => {
  test("needs no evidence", async () => {
    const nothing = { user: null, expiresAt: undefined, parent: undefined, parentToken: undefined, outside: undefined };
    expect(await proven("agent", "wander", undefined)).toEqual({ by: "agent", ...nothing });
  });

  test("fails when there is some", async () => {
    expect(await evidenceCodes(proven("agent", "wander", user()))).toEqual(["request.malformed"]);
  });
});

test.each(["user", "schedule", "event", "delegation"] as const)(
  "a start by %s fails when there is no evidence",
  async (by) => {
    const task = { user: "answer", schedule: "sweep", event: "react", delegation: "look" }[by];
    expect(await evidenceCodes(proven(by, task, undefined))).toEqual(["evidence.missing"]);
  },
);

test("a start that is not declared fails before any key is looked for", async () => {
  work.lookUps = 0;
  expect(await evidenceCodes(proven("user", "sweep", user()))).toEqual(["start.undeclared"]);
  expect(work.lookUps).toBe(0);
});

test.each([
  ["schedule", "sweep", start(), ACCESS_TOKEN_URN],
  ["delegation", "look", parent(), JWT_URN],
  ["user", "answer", user(), "urn:ietf:params:oauth:token-type:id_token"],
  ["user", "answer", user(), "urn:ietf:params:oauth:token-type:saml2"],
  ["user", "answer", user(), ""],
] as const)("evidence of a start by %s fails when it is sent as another type", async (by, task, token, type) => {
  expect(await evidenceCodes(proven(by, task, token, { type }))).toEqual(["evidence.type"]);
});
