import { mkdirSync } from "node:fs";
import type { DevelopmentFiles } from "../development-files";
import type { DevelopmentPeople } from "../issuer/development-people";
import type { UserIssuer } from "../issuer/user-issuer";

const FOLDER = "people";
/** Good for 5 min; who reads the file has some minutes left. */
const RENEW_MILLISECONDS = 60_000;

/** For each group of people an ID token of one member in a file that its owner alone reads, renewed while the process lives */
export class IdTokenFiles {
  public readonly folder: string;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly files: DevelopmentFiles,
    private readonly issuer: Pick<UserIssuer, "idTokenOf">,
    private readonly people: DevelopmentPeople,
  ) {
    this.folder = files.path(FOLDER);
  }

  public start(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.renew();
    this.timer = setInterval(() => this.renew(), RENEW_MILLISECONDS).unref();
  }

  public stop(): void {
    clearInterval(this.timer);
  }

  /** As the claim has them, each once */
  public get groups(): readonly string[] {
    return this.people.groups.map(({ claim }) => claim);
  }

  /** Path of the file, by the group as the claim has it */
  public of(claim: string): string {
    return this.files.path(FOLDER, nameOf(claim));
  }

  private renew(): void {
    for (const claim of this.groups) {
      const token = this.issuer.idTokenOf(`${claim}-member`, [claim]);
      this.files.write(`${FOLDER}/${nameOf(claim)}`, `${token}\n`);
    }
  }
}

/** A claim may hold what no file name does. */
function nameOf(claim: string): string {
  return `${encodeURIComponent(claim)}.jwt`;
}
