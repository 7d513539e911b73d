import { join } from "node:path";
import { ACCOUNT } from "../cluster/aws/account";
import { type Moto, motoPython, startMoto } from "../terraform/moto";

const PROGRAM = join(__dirname, "moto_kept.py");

/** moto that may be killed: it starts again with all that it had taken, at the same address. */
export class KeptMoto implements Moto {
  private constructor(
    private now: Moto,
    private readonly startAt: (port: number) => Promise<Moto>,
  ) {}

  /** @param folder holds its journal */
  public static async start(folder: string): Promise<KeptMoto> {
    const env = { AMBIT_MOTO_JOURNAL: join(folder, "journal") };
    const python = await motoPython();
    const startAt = (port: number): Promise<Moto> => startMoto(python, ACCOUNT, [PROGRAM], { env, port });
    return new KeptMoto(await startAt(0), startAt);
  }

  public get url(): string {
    return this.now.url;
  }

  public get pid(): number {
    return this.now.pid;
  }

  public retries(): number {
    return this.now.retries();
  }

  public kill(): Promise<void> {
    return this.now.stop();
  }

  /** Until it has done again what its journal holds */
  public async startAgain(): Promise<void> {
    this.now = await this.startAt(Number(new URL(this.url).port));
    await fetch(this.url);
  }

  public stop(): Promise<void> {
    return this.now.stop();
  }
}
