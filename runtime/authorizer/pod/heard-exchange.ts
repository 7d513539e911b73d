import type { Answered, MutualTls, Sent } from "../../workload-api/mutual-tls";
import type { HeldSvid } from "../../workload-api/svid";

type Asked = Pick<MutualTls, "get" | "post">;

/** The exchange, and whether it answered when it was asked last */
export class HeardExchange implements Asked {
  private silent = false;

  constructor(private readonly tls: Asked) {}

  /** Whether the last request got no answer */
  public get isSilent(): boolean {
    return this.silent;
  }

  public get(path: string, svid: HeldSvid): Promise<Answered> {
    return this.heard(this.tls.get(path, svid));
  }

  public post(sent: Sent, svid: HeldSvid): Promise<Answered> {
    return this.heard(this.tls.post(sent, svid));
  }

  private async heard(answering: Promise<Answered>): Promise<Answered> {
    try {
      const answered = await answering;
      this.silent = false;
      return answered;
    } catch (error) {
      this.silent = true;
      throw error;
    }
  }
}
