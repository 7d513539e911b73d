import type { STSClient } from "@aws-sdk/client-sts";
import type { User } from "../../../domain";
import type { Act } from "../../../runtime/audit/audit";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { AwsBroker } from "../../../runtime/aws/broker";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { Decider } from "../../../runtime/decision/decider";
import { chainBehind } from "../../../runtime/exchange/issue/chain";
import { claimsOf } from "../../../runtime/exchange/issue/claims";
import { Refusal } from "../../../runtime/refusal/refusal";
import type { FleetView } from "../../../runtime/registry/registry";
import { readEpoch } from "../../../runtime/session/epoch";
import { evidenceBehind } from "../../../runtime/session/evidence";
import { knowerOf } from "../../../runtime/session/knower";
import { randomId } from "../../../runtime/session/random-id";
import { newRunWrite } from "../../../runtime/session/runs";
import { refuseBelow } from "../../../runtime/session/reservation";
import type { Run, Session } from "../../../runtime/session/session";
import { plan, planWrites } from "../../../runtime/session/sessions";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { StateStore } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { FakeSts } from "./fake-sts";
import { PERSONS } from "../persons";

export const NOW = Date.UTC(2026, 10, 11, 9, 0, 0) / 1000;
const EPOCH = 1;

export interface Begin {
  /** Hands the work on */
  readonly parent?: Run;
  readonly user?: User | null;
  /** Whether its evidence was never used */
  readonly fresh?: boolean;
  /** Evidence that asks for a clean session although another lives */
  readonly newSession?: boolean;
}

/** A broker with the real policy, sessions in memory, and STS that takes everything */
export class AwsWorld {
  public now = NOW;
  /** User of runs that are not delegated; null for none */
  public user: User | null = null;
  public readonly store: StateStore;
  /** What was written */
  public readonly acts: Act[] = [];
  public readonly sts = new FakeSts(() => this.now);
  /** What the log was told of */
  public readonly failures: unknown[] = [];
  /** Does something before an act is written */
  public beforeCommit: ((act: Act) => void | Promise<void>) | undefined;
  public readonly broker: AwsBroker;
  private readonly ledger: AuditLedger;
  private readonly deciders = new Map<FleetView, Decider>();

  constructor(
    public fleet: FleetView,
    given: { readonly store?: StateStore; readonly sts?: Pick<STSClient, "send"> } = {},
  ) {
    this.store = given.store ?? new MemoryStore(() => this.now);
    this.ledger = new AuditLedger({ store: this.store, persons: PERSONS, clock: () => this.now });
    this.broker = new AwsBroker({
      registry: { current: () => this.fleet },
      decider: { decide: (view, input) => this.deciderOf(view).decide(input) },
      state: async () => ({ store: this.store, ...(await readEpoch(this.store, ["key"])) }),
      ledger: { commit: (act) => this.commit(act) },
      sts: given.sts ?? this.sts.client,
      clock: () => this.now,
      onFailure: (error) => void this.failures.push(error),
    });
  }

  /** Begin a run as `/token` does, in the session that the start goes on with or begins. */
  public async begin(agentName: string, task: string, start: Begin = {}): Promise<Run> {
    const { parent, user = parent === undefined ? this.user : parent.user, fresh = true, newSession = false } = start;
    const agent = this.fleet.agentNamed(agentName);
    const declared = agent?.tasks.get(task);
    if (agent === undefined || declared === undefined) throw new Error(`no task ${agentName}.${task}`);
    const by = parent !== undefined ? "delegation" : user === null ? "schedule" : "user";
    const outside = { digest: fresh ? randomId() : "used", single: false, until: this.now + 300, newSession };
    const chain = chainBehind(parent);
    const id = randomId();
    const proven = {
      by,
      user,
      expiresAt: undefined,
      parent,
      parentToken: undefined,
      outside: parent === undefined ? outside : undefined,
    } as const;
    const expiresAt = Math.min(this.now + declared.ttlSeconds, parent?.expiresAt ?? Infinity);
    const state = { store: this.store, epoch: EPOCH };
    const planned = await plan(state, { fleet: this.fleet, agent, chain, run: id, expiresAt, now: this.now, proven });
    await refuseBelow(state, planned.own, planned.reads, this.now);
    const { session } = planned;
    const run: Run = {
      run: id,
      txn: parent?.txn ?? id,
      agent: agentName,
      spiffeId: agent.spiffeId,
      task,
      user,
      start: by,
      chain,
      evidence: evidenceBehind(proven),
      sid: session.sid,
      startedAt: this.now,
      expiresAt,
      done: [],
    };
    await this.store.write([...(await planWrites(state, planned, this.now)), newRunWrite(EPOCH, run)]);
    return run;
  }

  /** Of a token for AWS that was made now */
  public claims(run: Run, change: Partial<AccessTokenClaims> = {}): AccessTokenClaims {
    const claims = claimsOf({
      issuer: "https://exchange.acme.example",
      jti: randomId(),
      audience: "aws",
      now: this.now,
      expiresAt: Math.min(this.now + 300, run.expiresAt),
      run,
      scope: undefined,
      mayAct: undefined,
      confirmation: { jkt: "thumbprint" },
    });
    return { ...claims, ...change };
  }

  /** @param of the user, or the transaction of a run without a user */
  public async session(agent: string, of: User | string | null = this.user): Promise<Session | undefined> {
    const [user, txn] = typeof of === "string" ? [null, of] : [of, ""];
    const served = { user, txn, evidence: { digest: "", until: 0 } };
    const knower = knowerOf({ name: agent, memory: "per-user" }, served);
    const [stored] = await readSessions({ store: this.store, epoch: EPOCH }, [knower]);
    return stored?.session;
  }

  /** Names its audit chain */
  public get writer(): string {
    return this.ledger.writer;
  }

  private deciderOf(view: FleetView): Decider {
    const known = this.deciders.get(view);
    if (known !== undefined) return known;
    const decider = new Decider(new CedarEngine({ policy: view.policy, revision: view.revision }));
    this.deciders.set(view, decider);
    return decider;
  }

  private async commit(act: Act): Promise<void> {
    await this.beforeCommit?.(act);
    await this.ledger.commit(act);
    this.acts.push(act);
  }
}

/** Codes of what refused it; none where it was given */
export function refused(asked: Promise<unknown>): Promise<readonly string[]> {
  return asked.then(
    () => [],
    (error: unknown) => {
      if (error instanceof Refusal) return error.reasons.map(({ code }) => code);
      throw error;
    },
  );
}
