import { readWitnessConfig } from "../../../../runtime/audit/witness/lambda/config";
import { type HttpAnswer, witnessHandler } from "../../../../runtime/audit/witness/lambda/handler";
import { Witness } from "../../../../runtime/audit/witness/witness";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { keysOf, WITNESS } from "../../../support/audit/log-of-records";
import { COSIGNED_SIZE, refusedRequests, takenRequests } from "../../../support/audit/witness-requests";
import { WITNESS_SIGNER } from "../../../support/audit/witness-signer";
import { history, WitnessedLog } from "../../../support/audit/witnessed-log";
import { eventOf } from "../../../support/exchange/lambda-events";

const log = WitnessedLog.named("prod.example/audit");
const all = history(12);
const MOST = 64 * 1_024;

function made() {
  const lines: string[] = [];
  const handler = witnessHandler(
    new Witness({
      logs: [log.keys.key],
      store: new MemoryStore(),
      signer: WITNESS_SIGNER,
      clock: () => 1_796_000_000,
      log: (event) => void lines.push(event),
    }),
  );
  const send = (body: string | undefined, changes: object = {}): Promise<HttpAnswer> =>
    handler({ ...eventOf({ path: "/add-checkpoint" }), body, isBase64Encoded: false, ...changes });
  return { handler, send, lines };
}

/** As API Gateway encodes it: text as it is, and what has another type, or none, in base64 */
const ENCODINGS = {
  text: (body: string) => ({ body, isBase64Encoded: false }),
  base64: (body: string) => ({ body: Buffer.from(body).toString("base64"), isBase64Encoded: true }),
} as const;

describe.each(Object.entries(ENCODINGS))("requests whose body comes as %s", (_, encoded) => {
  test("are cosigned where they go on from the last one", async () => {
    const { send } = made();
    for (const { what, body, status } of takenRequests(log)) {
      const answer = await send("", encoded(body));
      expect([what, answer.statusCode]).toEqual([what, status]);
      expect(answer.headers).toEqual({ "content-type": "text/plain; charset=utf-8" });
      expect(answer.body).toMatch(new RegExp(`^— ${WITNESS.key.name} [A-Za-z0-9+/=]+\\n$`));
    }
  });

  test.each(refusedRequests(log).map((each) => [each.what, each] as const))(
    "fail when they are %s",
    async (__, { body, status, answer }) => {
      const { send } = made();
      expect((await send(log.request(0, all, COSIGNED_SIZE))).statusCode).toBe(200);
      const told = await send("", encoded(body));
      expect(told.statusCode).toBe(status);
      if (answer !== undefined)
        expect(told).toEqual({ statusCode: 409, headers: { "content-type": "text/x.tlog.size" }, body: answer });
    },
  );

  test("fail when they are longer than any request may be, and are then not read", async () => {
    const { send } = made();
    const longest = await send("", encoded("a".repeat(MOST)));
    expect([longest.statusCode, longest.body]).toEqual([
      400,
      "a request must be an old size, a proof, an empty line and a checkpoint\n",
    ]);
    for (const body of ["a".repeat(MOST + 1), "a".repeat(10 * MOST), `é${"a".repeat(MOST - 1)}`])
      expect(await send("", encoded(body))).toEqual({
        statusCode: 413,
        headers: { "content-type": "text/plain; charset=utf-8" },
        body: "a request must have at most 65536 bytes\n",
      });
  });
});

test("a request of no client is refused for who it is: what the log has signed counts", async () => {
  const { send } = made();
  const headers = { authorization: "Bearer forged", "x-forwarded-for": "203.0.113.9" };
  expect((await send(log.request(0, all, 3), { headers })).statusCode).toBe(200);
});

test.each([
  ["another path", { rawPath: "/" }, 404, "this witness serves /add-checkpoint\n"],
  ["a path below", { rawPath: "/add-checkpoint/" }, 404, "this witness serves /add-checkpoint\n"],
  ["GET", { requestContext: { http: { method: "GET" } } }, 405, "a checkpoint must be sent by POST\n"],
])("fails when a sound request comes by %s", async (_, changes, status, body) => {
  const { send } = made();
  expect(await send(log.request(0, all, 3), changes)).toMatchObject({ statusCode: status, body });
  // It moved nothing.
  expect((await send(log.request(0, all, 5))).statusCode).toBe(200);
});

test("fails when there is no body", async () => {
  expect((await made().send(undefined)).statusCode).toBe(400);
});

test.each([
  ["nothing", undefined],
  ["a load balancer's", { path: "/add-checkpoint", httpMethod: "POST", body: "" }],
  ["another payload format", { ...eventOf({ path: "/add-checkpoint" }), version: "1.0" }],
])("fails when the event is %s", async (_, event) => {
  await expect(made().handler(event)).rejects.toThrow(
    "the event must be a request of an HTTP API in payload format 2.0: invoke the function through one",
  );
});

const LEAST = {
  name: "witness.other.example",
  key: "alias/ambit-witness/cosignatures",
  logs: [log.keys.vkey],
  store: { table: "ambit-witness", region: "eu-central-1" },
};

test("its configuration is read from its environment", () => {
  expect(readWitnessConfig(JSON.stringify(LEAST))).toEqual(LEAST);
});

const WITNESS_VKEY = keysOf("near.example", "cosignature").vkey;
test.each<[string, object | string | undefined, string]>([
  ["there is none", undefined, "AMBIT_CONFIG_JSON must be the configuration as JSON, got nothing: set it"],
  ["it is no JSON", "{", "AMBIT_CONFIG_JSON must be JSON"],
  ["it names no log", { ...LEAST, logs: [] }, "logs must name a log"],
  [
    "a log has the key of a witness",
    { ...LEAST, logs: [WITNESS_VKEY] },
    `logs[0] must be the verifier key of a log, name+id+key, of type 1, got "${WITNESS_VKEY}"`,
  ],
  ["a log's key is none", { ...LEAST, logs: ["log.example"] }, "logs[0] must be the verifier key of a log"],
  ["it has no key", { ...LEAST, key: "" }, "key must be the ARN or alias of a key in KMS"],
  ["its name cannot stand in a note", { ...LEAST, name: "a witness" }, "name must be a name without spaces and plus"],
  ["it would forget what it cosigned", { ...LEAST, store: { memory: {} } }, "store"],
  ["a member is unknown", { ...LEAST, quorum: 1 }, 'it must not have "quorum"'],
])("fails when %s in its configuration", (_, value, message) => {
  const text = typeof value === "object" ? JSON.stringify(value) : value;
  expect(() => readWitnessConfig(text)).toThrow(message);
});
