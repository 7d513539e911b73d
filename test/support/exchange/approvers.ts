import { Hono } from "hono";
import type { RegistryPeople, SensitivityName, User } from "../../../domain";
import { ask } from "../../../runtime/approval/approvals";
import { ApprovalDesk } from "../../../runtime/approval/desk";
import { requestDigest } from "../../../runtime/approval/digest";
import type { AuditEvent } from "../../../runtime/audit/audit";
import { approvalsEndpoint } from "../../../runtime/exchange/http/approvals-endpoint";
import type { Environment, ExchangeParts } from "../../../runtime/exchange/http/parts";
import { StaticKeys } from "../../../runtime/jose/key-source";
import { IdTokens } from "../../../runtime/people/id-tokens";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { jwkOf, type Members } from "../tokens";
import { ASKING, exactRequest, GROUP, OWNERS } from "./approvals";
import { idToken, PEOPLE, PEOPLE_KEY } from "./people";
import { EPOCH, fleetOf, NOW } from "./sessions";

/** What was asked, as far as it differs from a refund for Alice */
export interface Asked {
  readonly user?: User | null;
  readonly userEmail?: string;
  readonly sensitivity?: SensitivityName;
  readonly owners?: readonly string[];
  readonly group?: string;
  readonly people?: 1 | 2;
  readonly order?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Of Carol, who leads support, at this time of the world */
const CAROL: Members = { sub: "carol", email: "carol@acme.example", iat: 0, auth_time: 0, exp: 3_600 };
const TIMES = ["iat", "auth_time", "exp", "nbf"];

/** People at the endpoints, over a store in memory */
export class ApproversWorld {
  public now = NOW;
  public people: RegistryPeople | undefined = PEOPLE;
  public readonly store = new MemoryStore(() => this.now);
  public readonly events: AuditEvent[] = [];
  /** Ids of requests for which a second person was asked for */
  public readonly seconded: string[] = [];
  private readonly app = new Hono<Environment>();

  constructor() {
    const clock = (): number => this.now;
    const registry = {
      current: () => ({ ...fleetOf("front", "worker", "reader"), people: this.people as never }),
    };
    const keys = new StaticKeys({ keys: [jwkOf(PEOPLE_KEY)] });
    const desk = new ApprovalDesk({
      registry,
      state: async () => ({ store: this.store, epoch: EPOCH }),
      store: this.store,
      ledger: {
        commit: async ({ writes, event }) => {
          if (writes.length > 0) await this.store.write(writes);
          this.events.push(event);
        },
      },
      clock,
      notices: { seconded: ({ handle }) => void this.seconded.push(handle) },
    });
    const people = new IdTokens({ registry, keysOf: () => keys, state: async () => ({ store: this.store }), clock });
    const parts = { approvals: { people, desk }, log: () => undefined } as unknown as ExchangeParts;
    for (const operation of ["list", "show", "decide"] as const) {
      this.app.post(`/approvals/${operation}`, approvalsEndpoint(parts, operation));
    }
  }

  /** Its id and digest */
  public async ask(asked: Asked = {}): Promise<{ readonly id: string; readonly digest: string }> {
    const {
      user,
      userEmail = null,
      sensitivity = "public",
      owners = OWNERS,
      group = GROUP.group,
      people,
      order,
    } = asked;
    const request = exactRequest({
      ...(user !== undefined && { user }),
      ...(order !== undefined && { arguments: { order } }),
    });
    const { record, writes } = await ask(
      { store: this.store, epoch: EPOCH },
      {
        request,
        txn: "txn-1",
        approval: { ...GROUP, group, ...(people === 2 && { people }) },
        owners,
        agents: [],
        runs: [],
        sessions: [],
        start: undefined,
        asking: { ...ASKING, userEmail, mark: sensitivity, sensitivity },
        now: this.now,
      },
    );
    await this.store.write(writes);
    return { id: record.handle, digest: requestDigest(request) };
  }

  /** @param person claims other than Carol's; times count from the beginning */
  public async post(operation: string, body: unknown, person: Members = {}): Promise<Answer> {
    return this.send(operation, body, `Bearer ${tokenOf(person)}`);
  }

  public async send(operation: string, body: unknown, authorization: string): Promise<Answer> {
    const answer = await this.app.request(`/approvals/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, json: (await answer.json()) as Answer["json"] };
  }
}

export function codeOf({ json }: Answer): string {
  const [reason] = (json.reasons ?? []) as readonly { readonly code: string }[];
  return reason?.code ?? "";
}

/** A claim that is null is left out. */
export function tokenOf(person: Members): string {
  const claims = Object.entries({ ...CAROL, ...person }).map(([name, value]) => [
    name,
    value === null ? undefined : TIMES.includes(name) ? NOW + Number(value) : value,
  ]);
  return idToken(Object.fromEntries(claims) as Members);
}
