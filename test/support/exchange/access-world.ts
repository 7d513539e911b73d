import type { DecisionInput } from "../../../domain";
import { requestDigest as digestOf } from "../../../runtime/approval/digest";
import { decide } from "../../../runtime/approval/decide";
import { readEpoch } from "../../../runtime/session/epoch";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { EpochState } from "../../../runtime/session/stored";
import { type Decision, type Evaluated, Pep } from "../arap/pep";
import { TRIAGE } from "./served-exchange";
import { AUTHORIZER, type Held, StopWorld } from "./stop-world";

/** What the gateway tells of a call that waits for a person */
export type Denied = Decision & { readonly evaluation: Evaluated };

export type Asked = Denied & { readonly access_request: { readonly id: string } };

export interface Refund {
  readonly amount?: number;
  /** Id of the approval that the agent shows */
  readonly approval?: string;
}

export interface Refunded {
  readonly isOut: boolean;
  readonly denied?: Asked;
  /** Why the exchange refuses it */
  readonly codes?: readonly string[];
}

interface Answered {
  readonly state?: {
    readonly versions: readonly number[];
    readonly spent: Readonly<Record<string, number>>;
    readonly input: Pick<DecisionInput, "approval" | "user">;
  };
  readonly reasons?: readonly { readonly code: string }[];
  readonly access_request?: { readonly id: string };
  readonly denied?: Denied;
  readonly headers?: object;
}

const CALL = { tool: "payments", action: "refund", data: [] };
export const LEADS = "support-leads";
export const FINANCE = "finance-controllers";

/** The whole exchange, agents whose calls wait for people, and the gateway in so far as it asks for them */
export class AccessWorld extends StopWorld {
  /** A run of support-triage that refunds, for a user */
  public refunds(user = this.user()): Promise<Held> {
    return this.held({ ...this.byUser(TRIAGE, "refund", user), audience: "tool:payments" }, TRIAGE);
  }

  /** What the agent is told of a call that no person has approved */
  public async denied(run: Held, refund: Refund = {}): Promise<Asked> {
    const { denied } = await this.refund(run, refund);
    if (denied === undefined) throw new Error("no person was asked");
    return denied;
  }

  /** The call as the gateway has it decided, where nothing but a person's approval is asked for */
  public async refund({ token, claims }: Held, { amount = 5, approval }: Refund = {}): Promise<Refunded> {
    const { destination = "" } = this.fleet?.policy.tools["payments"] ?? {};
    const call = { ...CALL, destination };
    const args = { order: "7", amount };
    const about = { token: 0, call, arguments: args, ...(approval !== undefined && { approval }) };
    const asked = async (more: object): Promise<Answered> => {
      const { json } = await this.json("/state/calls", { tokens: [token], calls: [{ ...about, ...more }] }, AUTHORIZER);
      return (json["answers"] as readonly Answered[])[0] as Answered;
    };
    const { state, reasons } = await asked({});
    if (state === undefined) return { isOut: false, codes: (reasons ?? []).map(({ code }) => code) };
    const decidedBy = { versions: state.versions, revision: this.fleet?.revision };
    if (state.input.approval === null) {
      const { denied, access_request } = await asked({ ask: decidedBy });
      return denied && access_request ? { isOut: false, denied: { ...denied, access_request } } : { isOut: false };
    }
    const { client_id: agent, task } = claims;
    const { user } = state.input;
    const requestDigest = digestOf({ agent, chain: [], user, task, ...CALL, destination, arguments: args });
    const costs = Object.fromEntries(Object.keys(state.spent).map((budget) => [budget, 1]));
    const { headers } = await asked({ spend: { requestDigest, costs, untrusted: false, ...decidedBy } });
    return { isOut: headers !== undefined };
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
    const decision = { by: person, authenticatedAt: this.now, group, verdict, reason: "as said", now: this.now };
    await decide(await this.state(), { commit: ({ writes }) => this.store.write(writes) }, handle, decision);
  }

  public async state(): Promise<EpochState> {
    const { epoch } = await readEpoch(this.store, []);
    return { store: this.store, epoch };
  }
}
