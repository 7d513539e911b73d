import type { RegistryNotify } from "../../../domain";
import type { Clock } from "../../clock";
import type { Lookup } from "../../dns-lookup";
import { kindOf, OutboundFailure } from "../../outbound/credential";
import { withinDeadline } from "../../outbound/kept";
import type { SecretReader } from "../../outbound/secrets";
import type { Deliver } from "./https-delivery";
import { NoticeFailure } from "./notice-failure";
import type { Sendable } from "./notice-queue";
import { placeIn } from "./notice-secret";
import { signedHeaders } from "./signed-headers";

/** What is outside the exchange */
export interface NoticeOutside {
  readonly secrets: SecretReader;
  readonly lookup: Lookup;
  /** Of the addresses of a name, those that may be connected to */
  readonly usable: (addresses: readonly string[]) => readonly string[];
  readonly deliver: Deliver;
}

/** A notice, and where it goes */
export interface Addressed extends Sendable {
  readonly to: RegistryNotify;
}

/** For everything that one attempt takes */
const ATTEMPT_MILLISECONDS = 5_000;

/** What takes the notices of one group */
export class Receiver {
  /** Address that is gone for good, until the secret has another one */
  private gone: string | undefined;
  private turn = 0;

  constructor(
    private readonly outside: NoticeOutside,
    private readonly clock: Clock,
    private readonly milliseconds = ATTEMPT_MILLISECONDS,
  ) {}

  /**
   * One attempt
   *
   * @throws NoticeFailure
   */
  public async send(notice: Addressed): Promise<void> {
    try {
      await withinDeadline((signal) => this.sent(notice, signal), this.milliseconds);
    } catch (error) {
      if (!(error instanceof OutboundFailure)) throw error;
      throw new NoticeFailure("notice.late", `no answer within ${this.milliseconds} ms`);
    }
  }

  private async sent({ id, body, to }: Addressed, signal: AbortSignal): Promise<void> {
    const { url, keys } = placeIn(await this.secretOf(to, signal), to);
    if (this.gone === url.href) throw goneFrom(to);
    const address = await this.addressOf(to.host);
    const headers = signedHeaders(id, this.clock(), body, keys);
    const status = await this.answered(() => this.outside.deliver({ url, address, headers, body, signal }), to);
    if (status === 410) this.gone = url.href;
    refuseOthers(status, to);
  }

  private async secretOf({ secret }: RegistryNotify, signal: AbortSignal): Promise<string> {
    try {
      return (await this.outside.secrets.read(secret, signal)).text;
    } catch (error) {
      throw new NoticeFailure("notice.secret", error instanceof OutboundFailure ? error.message : kindOf(error));
    }
  }

  private async addressOf(host: string): Promise<string> {
    const { addresses } = await this.outside.lookup(host).catch((error: unknown): never => {
      throw new NoticeFailure("notice.name", `${host} was not found: ${kindOf(error)}`);
    });
    if (addresses.length === 0) throw new NoticeFailure("notice.name", `${host} has no address`);
    const usable = this.outside.usable(addresses);
    this.turn += 1;
    const address = usable[this.turn % usable.length];
    if (address !== undefined) return address;
    throw new NoticeFailure("notice.destination", `${host} stands for an address that is private or of the machine`);
  }

  private async answered(deliver: () => Promise<number>, { host }: RegistryNotify): Promise<number> {
    try {
      return await deliver();
    } catch (error) {
      throw new NoticeFailure("notice.failed", `${host} failed: ${kindOf(error)}`);
    }
  }
}

function refuseOthers(status: number, to: RegistryNotify): void {
  if (status >= 200 && status < 300) return;
  if (status === 410) throw goneFrom(to);
  const code = status >= 300 && status < 400 ? "notice.redirect" : "notice.status";
  throw new NoticeFailure(code, `${to.host} answered with status ${status}`);
}

function goneFrom({ host }: RegistryNotify): NoticeFailure {
  return new NoticeFailure("notice.gone", `${host} answered that this address is gone`);
}
