import { deepStrictEqual as equal, ok } from "node:assert";
import { decide } from "../../../runtime/approval/decide";
import { revoke } from "../../../runtime/session/revocations";
import { claimsIn } from "../exchange/real-agent";
import type { Check, Suite } from "../harness/suite";
import { called, type Got, toolToken } from "./call";
import { arrivals } from "./call-checks";
import { APPROVERS } from "./gateway-fleet";
import type { GatewayWorld } from "./gateway-world";

/** What each user's run asks for first */
const AMOUNT = 5;
/** Users that the payer serves, each for one check */
const USERS = ["once", "changed", "twice", "refused", "revoked", "tainted"] as const;
type Served = (typeof USERS)[number];

/** A run that waits for a person */
interface Waiting {
  readonly token: string;
  /** Handle */
  readonly request: string;
}

interface Asked {
  readonly at: GatewayWorld;
  readonly waiting: Readonly<Record<Served, Waiting>>;
}

/** Calls of a task that people approve, one by one. @param engine that decides, for the names of the checks */
export function approvalChecks(suite: Suite, world: Check<GatewayWorld>, engine: string): void {
  const asked = suite.check(
    `${engine}: a call that needs approval gets a handle, gets the same handle again, and does not reach the tool`,
    [world],
    ([at]) => askedFor(at, engine),
  );

  const decided = suite.check(`${engine}: people decide while the exchange is away`, [asked], async ([given]) => {
    const { at, waiting } = given;
    await at.meanwhile(async (state, ledger) => {
      const now = Math.floor(Date.now() / 1000);
      const by = { issuer: at.issuers.userIssuer, subject: "lena", email: "lena@acme.example" };
      for (const user of USERS) {
        const verdict = user === "refused" ? "refused" : "approved";
        await decide(state, ledger, waiting[user].request, {
          by,
          authenticatedAt: now,
          group: APPROVERS,
          verdict,
          now,
        });
      }
      const run = claimsIn(waiting.revoked.token).run as string;
      await state.store.write([revoke({ kind: "run", id: run }, { why: "a test", by: "on-call", at: now }, undefined)]);
    });
    return given;
  });

  suite.check(
    `${engine}: an approved call passes exactly once, in any spelling, and the next one asks for approval again`,
    [decided],
    async ([{ at, waiting }]) => {
      const { token, request } = waiting.once;
      const arrived = await arrivals(at, async () => {
        const got = await called(at, at.as("payer"), { ...refund(token), body: ` { "amount" : 5.0 }\n` });
        equal(got.status, 200, got.text);
        const again = await sent(at, token);
        equal([again.status, again.codes], [403, ["approval.required"]]);
        ok(requestIn(again).id !== request, "a used approval is asked about under its own handle");
      });
      equal(arrived.length, 1);
    },
  );

  suite.check(
    `${engine}: fails where one byte of an approved call is changed, and the approval stays unused`,
    [decided],
    async ([{ at, waiting }]) => {
      const { token, request } = waiting.changed;
      const arrived = await arrivals(at, async () => {
        for (const changed of [sent(at, token, 6), sent(at, token, AMOUNT, "8")]) {
          const got = await changed;
          equal([got.status, got.codes], [403, ["approval.required"]]);
          ok(requestIn(got).id !== request, "another call has the handle of the approved one");
        }
        equal((await sent(at, token)).status, 200);
      });
      equal(
        arrived.map(({ path }) => path),
        ["/refunds/7"],
      );
    },
  );

  suite.check(`${engine}: of 10 approved calls at once exactly one passes`, [decided], async ([{ at, waiting }]) => {
    const { token } = waiting.twice;
    const arrived = await arrivals(at, async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => sent(at, token)));
      const said = all.map(({ status, codes }) => `${status} ${codes.join()}`).sort();
      equal(said, ["200 ", ...Array.from({ length: 9 }, () => "403 approval.required")]);
      const handles = all.filter(({ status }) => status === 403).map((got) => requestIn(got).id);
      equal(new Set(handles).size, 1);
    });
    equal(arrived.length, 1);
  });

  suite.check(`${engine}: fails each time after a person has refused the call`, [decided], async ([asks]) => {
    const { at, waiting } = asks;
    const arrived = await arrivals(at, async () => {
      for (let n = 0; n < 2; n += 1) {
        const got = await sent(at, waiting.refused.token);
        equal([got.status, errorIn(got), got.codes], [403, "access_denied", ["approval.refused"]]);
      }
    });
    equal(arrived, []);
  });

  suite.check(`${engine}: fails where the run is revoked, although the call is approved`, [decided], async ([asks]) => {
    const { at, waiting } = asks;
    const arrived = await arrivals(at, async () => {
      const got = await sent(at, waiting.revoked.token);
      equal([got.status, got.codes], [403, ["run.revoked"]]);
    });
    equal(arrived, []);
  });

  suite.check(
    `${engine}: an approved payment passes after untrusted output was read, in a later run too`,
    [decided],
    async ([{ at }]) => {
      const token = await toolToken(at, "payer", "settle", "till", { user: userOf("tainted", engine) });
      const arrived = await arrivals(at, async () => equal((await sent(at, token)).status, 200));
      equal(arrived.length, 1);
    },
  );
}

async function askedFor(at: GatewayWorld, engine: string): Promise<Asked> {
  const waiting: Partial<Record<Served, Waiting>> = {};
  const arrived = await arrivals(at, async () => {
    for (const served of USERS) {
      const user = userOf(served, engine);
      if (served === "tainted") await readUntrusted(at, user);
      const token = await toolToken(at, "payer", "settle", "till", { user });
      ok(!("approval" in claimsIn(token)), "the token has an approval");
      const [first, again] = [await sent(at, token), await sent(at, token)];
      for (const got of [first, again]) {
        equal(
          [got.status, errorIn(got), got.codes, got.headers["retry-after"]],
          [403, "approval_required", ["approval.required"], "5"],
          got.text,
        );
      }
      const { id, status, group, expires_at: until } = requestIn(first);
      equal([status, group], ["pending", APPROVERS]);
      ok(until > Date.now() / 1000 + 3_000 && until < Date.now() / 1000 + 3_660, `open until ${until}`);
      equal(requestIn(again), requestIn(first));
      waiting[served] = { token, request: id };
    }
  });
  equal(
    arrived.filter(({ path }) => path.startsWith("/refunds")),
    [],
  );
  return { at, waiting: waiting as Asked["waiting"] };
}

function userOf(served: Served, engine: string): string {
  return `${served}-${engine.toLowerCase()}`;
}

async function readUntrusted(at: GatewayWorld, user: string): Promise<void> {
  const token = await toolToken(at, "payer", "browse", "web", { user });
  const author = encodeURIComponent(at.idOf("payer")).replaceAll("%2F", "/");
  const got = await called(at, at.as("payer"), { path: `/tools/web/pages/1?author=${author}`, token });
  equal(got.status, 200, got.text);
}

function refund(token: string, amount = AMOUNT, order = "7") {
  return {
    method: "POST",
    path: `/tools/till/refunds/${order}`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ amount }),
    token,
  };
}

function sent(at: GatewayWorld, token: string, amount?: number, order?: string): Promise<Got> {
  return called(at, at.as("payer"), refund(token, amount, order));
}

interface AccessRequest {
  readonly id: string;
  readonly status: string;
  readonly group: string;
  readonly expires_at: number;
}

function requestIn({ text }: Got): AccessRequest {
  return (JSON.parse(text) as { access_request: AccessRequest }).access_request;
}

function errorIn({ text }: Got): string {
  return (JSON.parse(text) as { error: string }).error;
}
