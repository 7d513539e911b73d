import { deepStrictEqual as equal, doesNotMatch, ok } from "node:assert";
import { setTimeout as after } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { KEY } from "../../support/exchange/notices-world";
import type { Received } from "../../support/exchange/webhook-receiver";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { APPROVERS } from "./oversight-fleet";
import { ORIGIN, type OversightWorld } from "./oversight-world";

const LONGEST_SECONDS = 15;

/** A group is told by the exchange that ships, which reads its secret from what stands for Secrets Manager. */
export function noticeChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check(
    "notices: a group is told once of a request, signed, by link, agent and action alone",
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
      equal((Date.parse(expires_at) - Date.parse(timestamp)) / 1_000, 3_600);
      doesNotMatch(body, /31\.25|Ann|told@/);
      const sent = at.gateway.exchange.logged("notice.sent").filter((line) => line.id === id);
      equal(
        sent.map(({ attempts, group }) => [attempts, group]),
        [[1, APPROVERS]],
      );
      ok(!JSON.stringify(sent).includes("/services/"));
    },
  );
}

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
