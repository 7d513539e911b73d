import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { internet } from "../../../../runtime/exchange/notices/internet";
import cases from "../../../cases/exchange/notices.json";
import { KEY, NoticesWorld, openedRequest, secretOf } from "../../../support/exchange/notices-world";
import { NOW } from "../../../support/exchange/sessions";
import { type Received, WEBHOOK_HOST, WebhookReceiver } from "../../../support/exchange/webhook-receiver";

const OTHER_KEY = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const receiver = new WebhookReceiver();
const elsewhere = new WebhookReceiver(false);

beforeAll(() => Promise.all([receiver.listen(), elsewhere.listen()]));
afterAll(() => Promise.all([receiver.close(), elsewhere.close()]));
beforeEach(() => {
  receiver.answer = (_, response) => void response.writeHead(204).end();
});

const world = (props: Partial<ConstructorParameters<typeof NoticesWorld>[0]> = {}) =>
  new NoticesWorld({ port: receiver.port, ...props });

/** What the receiver got while this was done */
async function receivedIn(done: () => Promise<unknown>): Promise<readonly Received[]> {
  const before = receiver.received.length;
  await done();
  return receiver.received.slice(before);
}

/** As a receiver that we did not write looks at it, at this time */
function verified(key: string, { body, headers }: Received, now = NOW): unknown {
  const time = jest.spyOn(Date, "now").mockReturnValue(now * 1_000);
  try {
    return new Webhook(key).verify(body, headers as Record<string, string>);
  } finally {
    time.mockRestore();
  }
}

async function tell(notices: NoticesWorld): Promise<readonly Received[]> {
  const record = await openedRequest();
  return receivedIn(async () => {
    notices.notices.requested(record);
    await notices.settled();
  });
}

test("a notice arrives at its address, and the library of Standard Webhooks verifies it", async () => {
  const [got, ...more] = await tell(world());
  expect(more).toEqual([]);
  expect(got?.path).toBe("/services/T1/B1?key=x");
  expect(got?.headers).toMatchObject({ host: WEBHOOK_HOST, "content-type": "application/json" });
  const notice = verified(KEY, got as Received) as { readonly id: string };
  expect(notice).toMatchObject({ type: "approval.requested", data: { agent: "refund-clerk" } });
  expect(got?.headers["webhook-id"]).toBe(notice.id);
});

test("while a key is replaced, both sign, and another key or a byte more is no signature", async () => {
  const [got] = await tell(world({ secret: secretOf({ secrets: [OTHER_KEY, KEY] }) }));
  expect([KEY, OTHER_KEY].map((key) => verified(key, got as Received))).toHaveLength(2);
  const third = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
  expect(() => verified(third, got as Received)).toThrow(WebhookVerificationError);
  expect(() => verified(KEY, { ...(got as Received), body: `${got?.body} ` })).toThrow(WebhookVerificationError);
  expect(() => verified(KEY, got as Received, NOW + 301)).toThrow(WebhookVerificationError);
});

test("each attempt has the same id and its own time", async () => {
  const notices = world({ pauses: [1, 1] });
  receiver.answer = (_, response) => {
    notices.now += 10;
    response.writeHead(notices.now === NOW + 30 ? 200 : 503).end();
  };
  const got = await tell(notices);
  expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(got.map(({ headers }) => Number(headers["webhook-timestamp"]) - NOW)).toEqual([0, 10, 20]);
  got.forEach((one, attempt) => expect(verified(KEY, one, NOW + 10 * attempt)).toBeDefined());
});

test.each([
  ["was decided, expired or was given up", false, 1, "notice.dropped"],
  ["waits on", true, 2, "notice.sent"],
  ["may have been decided, where the store does not answer", undefined, 2, "notice.sent"],
])("for a request that %s while its notice paused", async (_, isOpen, attempts, ends) => {
  const notices = world({ pauses: [1] });
  let isFirst = true;
  receiver.answer = (_, response) => {
    notices.isOpen = isOpen;
    response.writeHead(isFirst ? 503 : 204).end();
    isFirst = false;
  };
  expect(await tell(notices)).toHaveLength(attempts);
  const { event, facts } = notices.lines.at(-1) ?? {};
  expect([event, facts]).toEqual([ends, expect.objectContaining({ group: "finance-controllers", attempts })]);
  expect(JSON.stringify(notices.lines)).not.toContain("/requests/");
});

test.each(cases.answers)("an answer with status $status: $ends after $attempts", async ({ status, ends, attempts }) => {
  receiver.answer = (_, response) => {
    response.writeHead(status, { location: `https://${WEBHOOK_HOST}:${receiver.port}/elsewhere` }).end();
  };
  const notices = world({ pauses: [1, 1] });
  const got = await tell(notices);
  const last = notices.lines.at(-1);
  expect(last?.event === "notice.sent" ? "sent" : last?.facts.code).toBe(ends);
  expect(last?.facts).toMatchObject({ attempts, group: "finance-controllers", host: WEBHOOK_HOST });
  expect(got.map(({ path }) => path)).toEqual(Array(attempts).fill("/services/T1/B1?key=x"));
});

test("an address that is gone gets no further notice, until the secret names another one", async () => {
  receiver.answer = (_, response) => void response.writeHead(410).end();
  const notices = world();
  expect(await tell(notices)).toHaveLength(1);
  const again = await openedRequest({ arguments: { order: "2" } });
  const got = await receivedIn(async () => {
    notices.notices.requested(again);
    await notices.settled(2);
  });
  expect(got).toEqual([]);
  expect(notices.lines.map(({ facts }) => facts.code)).toEqual(["notice.gone", "notice.gone"]);
  notices.secret = secretOf({ url: `https://${WEBHOOK_HOST}/new` });
  receiver.answer = (_, response) => void response.writeHead(200).end();
  const other = await receivedIn(async () => {
    notices.notices.seconded(again);
    await notices.settled(3);
  });
  expect(other.map(({ path }) => path)).toEqual(["/new"]);
});

test.each(cases.addresses)("a notice goes to no address such as $name", async ({ addresses }) => {
  const notices = world({ addresses, usable: internet(() => NOW).usable });
  expect(await tell(notices)).toEqual([]);
  expect(notices.lines).toMatchObject([{ event: "notice.lost", facts: { code: "notice.destination" } }]);
});

test.each(cases.secrets)("a secret with $name is refused, and not logged", async (row) => {
  const text = row.text ?? secretOf(row.change);
  const notices = world({ secret: text });
  expect(await tell(notices)).toEqual([]);
  expect(notices.lines).toMatchObject([
    { event: "notice.lost", facts: { code: "notice.secret", because: `the secret ${row.because}` } },
  ]);
  expect(JSON.stringify(notices.lines)).not.toMatch(/whsec_A|services|T1\/B1/);
});

test("an unreadable secret is logged, and read again for the next attempt", async () => {
  const notices = world({ pauses: [1] });
  notices.secret = undefined;
  const log = notices.lines;
  const record = await openedRequest();
  notices.notices.requested(record);
  await notices.settled();
  expect(log.map(({ event, facts }) => [event, facts.code])).toEqual([
    ["notice.delayed", "notice.secret"],
    ["notice.lost", "notice.secret"],
  ]);
  expect(log.at(-1)?.facts.because).toBe("Secrets Manager gave no secret: AccessDeniedException");
});

test.each([
  ["the name service does not answer", "notice.name", { lookup: () => Promise.reject(new Error("x")) }],
  ["the name has no address", "notice.name", { lookup: async () => ({ addresses: [], seconds: 1 }) }],
  ["another error is thrown", "notice.failed", { usable: () => ["127.0.0.1"], deliver: () => Promise.reject({}) }],
])("fails when %s", async (_, code, outside) => {
  const notices = world({ outside });
  expect(await tell(notices)).toEqual([]);
  expect(notices.lines.map(({ facts }) => facts.code)).toEqual([code]);
});

test("fails when the receiver shows a certificate of another name", async () => {
  const notices = world({ port: elsewhere.port });
  await tell(notices);
  expect(elsewhere.received).toEqual([]);
  expect(notices.lines).toMatchObject([
    { facts: { code: "notice.failed", because: `${WEBHOOK_HOST} failed: ERR_TLS_CERT_ALTNAME_INVALID` } },
  ]);
});

test("fails when the receiver does not answer in time", async () => {
  receiver.answer = () => undefined;
  const notices = world({ attemptMilliseconds: 150 });
  await tell(notices);
  expect(notices.lines.map(({ facts }) => facts.code)).toEqual(["notice.late"]);
});

test("an answer without an end is not read", async () => {
  let closed: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (closed = resolve));
  receiver.answer = (_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write("x".repeat(1_000)), 1);
    response.on("close", () => {
      clearInterval(more);
      closed();
    });
  };
  const notices = world();
  await tell(notices);
  await ended;
  expect(notices.lines.map(({ event }) => event)).toEqual(["notice.sent"]);
});
