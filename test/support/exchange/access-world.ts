import { decide } from "../../../runtime/approval/decide";
import { readEpoch } from "../../../runtime/session/epoch";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { EpochState } from "../../../runtime/session/stored";
import { type Decision, type Evaluated, Pep } from "../arap/pep";
import { TRIAGE } from "./served-exchange";
import { AUTHORIZER, type Held, StopWorld } from "./stop-world";

/** What the gateway tells of a call that waits for a person */
export type Denied = Decision & { readonly evaluation: Evaluated };

const CALL = { tool: "payments", action: "refund", data: [] };
export const LEADS = "support-leads";
export const FINANCE = "finance-controllers";

/** The whole exchange, agents whose calls wait for people, and the gateway in so far as it asks for them */
export class AccessWorld extends StopWorld {
  /** A run of support-triage that refunds, for a user */
  public refunds(user = this.user()): Promise<Held> {
    return this.held({ ...this.byUser(TRIAGE, "refund", user), audience: "tool:payments" }, TRIAGE);
  }

  /** The call as the gateway asks for it: what the agent is told */
  public async denied(
    { token }: Held,
    amount = 5,
  ): Promise<Denied & { readonly access_request: { readonly id: string } }> {
    const { destination } = this.fleet?.policy.tools["payments"] ?? {};
    const about = { token: 0, call: { ...CALL, destination }, arguments: { order: "7", amount } };
    const asked = async (more: object): Promise<Record<string, unknown>> => {
      const { json } = await this.json("/state/calls", { tokens: [token], calls: [{ ...about, ...more }] }, AUTHORIZER);
      const [answer] = json["answers"] as readonly Record<string, unknown>[];
      return answer ?? {};
    };
    const { versions } = (await asked({}))["state"] as { readonly versions: readonly number[] };
    const { access_request, denied } = await asked({ ask: { versions, revision: this.fleet?.revision } });
    if (denied === undefined) throw new Error("no person was asked");
    return { ...(denied as Denied), access_request: access_request as { readonly id: string } };
  }

  /** As an operator does */
  public async stop(target: Target): Promise<void> {
    await this.store.write([revoke(target, { why: "test", by: "test", at: this.now }, undefined)]);
  }

  public pep(run: string, as = TRIAGE): Pep {
    return new Pep({
      pdp: this.issuer,
      headers: { "ambit-run": run },
      fetch: async (url, init) => {
        const { status, headers, text } = await this.request(url.slice(this.issuer.length), init, as);
        return new Response(text, { status, headers });
      },
    });
  }

  public async decides(handle: string, verdict: "approved" | "refused", by = "carol", group = LEADS): Promise<void> {
    const person = { issuer: "https://login.acme.example", subject: by, email: `${by}@acme.example` };
    const decision = { by: person, group, verdict, reason: "as said", now: this.now };
    await decide(await this.state(), { commit: ({ writes }) => this.store.write(writes) }, handle, decision);
  }

  public async state(): Promise<EpochState> {
    const { epoch } = await readEpoch(this.store, []);
    return { store: this.store, epoch };
  }
}
