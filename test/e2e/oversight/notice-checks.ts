import { deepStrictEqual as equal, doesNotMatch, ok } from "node:assert";
import { setTimeout as after } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { KEY } from "../../support/exchange/notices-world";
import type { Decision, Evaluated } from "../../support/arap/pep";
import type { Received } from "../../support/exchange/webhook-receiver";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { APPROVERS } from "./oversight-fleet";
import { ORIGIN, type OversightWorld } from "./oversight-world";

const LONGEST_SECONDS = 15;
/** More than the first pauses between attempts, however busy the machine is */
const PAUSED_SECONDS = 60;

/** A group is told by the exchange that ships, which reads its secret from what stands for Secrets Manager. */
export function noticeChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check(
    "notices: a group gets one signed notice of a request, with link, agent and action alone",
    [world],
    async ([at]) => {
      const payment = { user: "told", body: { amount: 31.25, note: "for Ann alone" } };
      const link = `${ORIGIN}${await at.asks(payment)}`;
      equal(`${ORIGIN}${await at.asks(payment)}`, link);
      const [notice, ...others] = await toldOf(at, link);
      equal(others, []);
      const { body, headers } = notice as Received;
      const { id, timestamp, ...told } = new Webhook(KEY).verify(body, headers as Record<string, string>) as Told;
      const { expires_at, ...data } = told.data;
      equal(
        { ...told, data },
        { type: "approval.requested", data: { link, agent: "payer", action: "till.refund", group: APPROVERS } },
      );
      // It is open from when it was written, and told of a moment later.
      const seconds = (Date.parse(expires_at) - Date.parse(timestamp)) / 1_000;
      ok(seconds > 3_500 && seconds <= 3_600, `it is open for ${seconds} s more`);
      doesNotMatch(body, /31\.25|Ann|told@/);
      const sent = at.gateway.exchange.logged("notice.sent").filter((line) => line.id === id);
      equal(
        sent.map(({ attempts, group }) => [attempts, group]),
        [[1, APPROVERS]],
      );
      ok(!JSON.stringify(sent).includes("/services/"));
    },
  );

  suite.check(
    "notices: one that failed is not tried again for a request that was given up while it paused",
    [world],
    async ([at], note) => {
      const { exchange } = at.gateway;
      const pep = await at.pep("forgotten");
      const answer = at.receiver.answer;
      at.receiver.answer = (_, response) => void response.writeHead(503).end();
      try {
        const { text } = await at.pays({ user: "forgotten" });
        const denied = JSON.parse(text) as Denied;
        await until(() => exchange.logged("notice.delayed").length > 0, LONGEST_SECONDS, "no attempt has failed");
        await pep.cancel(await pep.submit(denied, pep.submission(denied.evaluation, denied)));
        const isDropped = () => exchange.logged("notice.dropped").length > 0;
        const seconds = await until(isDropped, PAUSED_SECONDS, "it is not dropped");
        note(`it was dropped ${seconds.toFixed(1)} s after the request was given up`);
        const link = `${ORIGIN}/requests/${denied.access_request.id}`;
        const attempts = at.receiver.received.filter(({ body }) => body.includes(link)).length;
        equal(
          exchange.logged("notice.dropped").map((line) => [line.group, line.attempts]),
          [[APPROVERS, attempts]],
        );
      } finally {
        at.receiver.answer = answer;
      }
    },
  );
}

type Denied = Decision & { readonly evaluation: Evaluated; readonly access_request: { readonly id: string } };

interface Told {
  readonly id: string;
  readonly timestamp: string;
  readonly type: string;
  readonly data: { readonly expires_at: string };
}

/** Of a request that was asked for twice, once one notice is there and another would be */
async function toldOf({ receiver, gateway }: OversightWorld, link: string): Promise<readonly Received[]> {
  const told = () => receiver.received.filter(({ body }) => body.includes(link));
  const isLogged = () => gateway.exchange.logged("notice.sent").length > 0;
  await until(() => told().length > 0 && isLogged(), LONGEST_SECONDS, "no notice is sent");
  await after(250);
  return told();
}
