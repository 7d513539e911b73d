import type { NoticeFormat } from "../../../domain";
import { Notices } from "../../../runtime/exchange/notices/notices";
import { httpsDelivery } from "../../../runtime/exchange/notices/https-delivery";
import type { NoticeOutside } from "../../../runtime/exchange/notices/receiver";
import type { ApprovalRecord } from "../../../runtime/approval/approval-record";
import { ask } from "../../../runtime/approval/approvals";
import type { Value } from "../../../runtime/json";
import { OutboundFailure } from "../../../runtime/outbound/credential";
import type { FleetView } from "../../../runtime/registry/registry";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { ASKING, exactRequest } from "./approvals";
import { exampleFleet } from "./example-fleet";
import { EPOCH, NOW } from "./sessions";
import { WEBHOOK_AUTHORITIES, WEBHOOK_HOST } from "./webhook-receiver";

export const SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:notices-AbCdEf";
export const GROUP = "finance-controllers";
export const KEY = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
const AGENT = "refund-clerk";

/** The example fleet, whose controllers are told of requests */
export function toldFleet(format: NoticeFormat = "standard"): FleetView {
  const { people } = exampleFleet;
  const group = people?.approvers[GROUP];
  if (people === undefined || group === undefined) throw new Error(`the example fleet has no group ${GROUP}`);
  const notify = { host: WEBHOOK_HOST, secret: SECRET_ARN, format };
  return { ...exampleFleet, people: { ...people, approvers: { ...people.approvers, [GROUP]: { ...group, notify } } } };
}

/** What an agent asks about, with an argument that must not be told */
export async function openedRequest(change: Parameters<typeof exactRequest>[0] = {}): Promise<ApprovalRecord> {
  const store = new MemoryStore(() => NOW);
  const agent = exampleFleet.agentNamed(AGENT)?.spiffeId ?? "";
  const { record } = await ask(
    { store, epoch: EPOCH },
    {
      request: exactRequest({
        agent,
        chain: [],
        task: "payout",
        arguments: { note: "<!channel> *secret*" },
        ...change,
      }),
      txn: "txn-1",
      approval: { group: GROUP, requestOpenSeconds: 3_600, decisionGoodForSeconds: 300 },
      owners: ["owner@acme.example"],
      agents: [AGENT],
      runs: [],
      sessions: [],
      start: undefined,
      asking: ASKING,
      now: NOW,
    },
  );
  return record;
}

export interface Line {
  readonly event: string;
  readonly facts: Readonly<Record<string, Value>>;
}

interface NoticesWorldProps {
  readonly port: number;
  /** Text of the secret */
  readonly secret?: string;
  readonly addresses?: readonly string[];
  /** @default - all that the name stands for, so that a receiver on this machine is reached */
  readonly usable?: NoticeOutside["usable"];
  readonly pauses?: readonly number[];
  readonly attemptMilliseconds?: number;
  readonly outside?: Partial<NoticeOutside>;
}

/** Notices of one exchange, with what it logs of them */
export class NoticesWorld {
  public fleet = toldFleet();
  public now = NOW;
  public secret: string | undefined;
  public readonly lines: Line[] = [];
  public readonly notices: Notices;
  /** Of the requests that people may decide on still; undefined while that is not known */
  public isOpen: boolean | undefined = true;
  private waiting: (() => void)[] = [];

  constructor(props: NoticesWorldProps) {
    const { port, addresses = ["127.0.0.1"], usable = (all) => all, pauses = [], attemptMilliseconds } = props;
    this.secret = props.secret ?? secretOf();
    this.notices = new Notices({
      registry: { current: () => this.fleet },
      log: (event, facts = {}) => this.heard({ event, facts }),
      clock: () => this.now,
      isOpen: async () => this.isOpen ?? failed(),
      pauses,
      ...(attemptMilliseconds !== undefined && { attemptMilliseconds }),
      outside: {
        secrets: { read: async () => ({ text: this.secret ?? failed(), expiresAt: NOW }) },
        lookup: async () => ({ addresses, seconds: 1 }),
        usable,
        deliver: httpsDelivery({ port, ca: WEBHOOK_AUTHORITIES }),
        ...props.outside,
      },
    });
  }

  /** The lines, once so many notices are sent or lost */
  public async settled(count = 1): Promise<readonly Line[]> {
    while (this.lines.filter(({ event }) => event !== "notice.delayed").length < count) {
      await new Promise<void>((heard) => this.waiting.push(heard));
    }
    return this.lines;
  }

  private heard(line: Line): void {
    this.lines.push(line);
    this.waiting.splice(0).forEach((heard) => heard());
  }
}

/** The text of a secret */
export function secretOf(change: object = {}): string {
  return JSON.stringify({ url: `https://${WEBHOOK_HOST}/services/T1/B1?key=x`, secrets: [KEY], ...change });
}

function failed(): never {
  throw new OutboundFailure("Secrets Manager gave no secret: AccessDeniedException");
}
