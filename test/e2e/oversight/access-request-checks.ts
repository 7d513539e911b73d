import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { type Decision, type Evaluated, ProblemAnswer } from "../../support/arap/pep";
import type { Check, Suite } from "../harness/suite";
import type { OversightWorld, Payment } from "./oversight-world";

type Told = Decision & {
  readonly evaluation: Evaluated;
  readonly access_request: { readonly id: string };
  readonly reasons: readonly { readonly code: string }[];
};

const URN = "urn:openid:authzen:access-request:error:";

/** A client that was written from the text of AuthZEN's Access Request and Approval Profile alone follows what people decide. */
export function accessRequestChecks(suite: Suite, world: Check<OversightWorld>): void {
  suite.check(
    "access request: denied, submitted, approved on the page, evaluated again, and used once",
    [world],
    async ([at]) => {
      const payment: Payment = { user: "arap", body: { amount: 7 } };
      const [pep, stranger, bob] = [await at.pep("arap"), await at.pep("arap-2"), await at.approver("bob")];
      const denied = await told(at, payment);
      ok(pep.isRequestable(denied));
      const body = pep.submission(denied.evaluation, denied);
      const task = await pep.submit(denied, body, "key-1");
      equal([task.code, task.task.status], [202, "pending"]);
      equal((await pep.submit(denied, body, "key-1")).task.id, task.task.id);
      await rejects(
        pep.submit(denied, { ...body, client: {} }, "key-1"),
        new ProblemAnswer(409, `${URN}duplicate_request`),
      );
      await rejects(stranger.submit(denied, body), new ProblemAnswer(400, `${URN}invalid_denial_binding`));
      await rejects(stranger.status(task), new ProblemAnswer(404, `${URN}unknown_task`));

      await bob.visit(`/requests/${denied.access_request.id}`);
      await bob.approve("asked by a client of AuthZEN");
      const approval = pep.approval(await pep.status(task), new Date());
      ok(approval !== undefined);
      await rejects(pep.cancel(task), new ProblemAnswer(409, `${URN}invalid_task_state`));

      const other = await told(at, { user: "arap-2", body: { amount: 7 }, approval });
      equal(
        [other.reasons[0]?.code, other.context?.reason, stranger.next(other)],
        ["approval.unverifiable", "approval_unverifiable", "none"],
      );
      const changed = await told(at, { ...payment, body: { amount: 8 }, approval });
      equal([changed.context?.reason, pep.next(changed)], ["out_of_scope", "request"]);
      equal((await at.pays({ ...payment, approval })).status, 200);
      const again = await told(at, { ...payment, approval });
      equal([again.context?.reason, pep.next(again)], ["approval_expired", "request"]);
      await bob.leave();
    },
  );
}

async function told(at: OversightWorld, payment: Payment): Promise<Told> {
  const { status, text } = await at.pays(payment);
  equal(status, 403, text);
  return JSON.parse(text) as Told;
}
