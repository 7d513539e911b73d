import { Problem } from "../problem";

/** For so many requests at once, and for so many of one session, so that one user takes no other's place */
export class Room {
  private underWay = 0;
  private readonly ofSession = new Map<string, number>();

  constructor(
    private readonly most: number,
    private readonly mostOfSession: number,
  ) {}

  /**
   * @returns what to call once, when the request is over
   * @throws Problem `companion.busy`
   */
  public enter(): () => void {
    if (this.underWay >= this.most) throw Problem.of("companion.busy");
    this.underWay += 1;
    return () => {
      this.underWay -= 1;
    };
  }

  /**
   * Once it is known whose request it is.
   *
   * @returns what to call once, when the request is over
   * @throws Problem `companion.busy`
   */
  public seat(sid: string): () => void {
    const taken = this.ofSession.get(sid) ?? 0;
    if (taken >= this.mostOfSession)
      throw Problem.of("companion.busy", "as many requests of this session are under way as it may have");
    this.ofSession.set(sid, taken + 1);
    return () => {
      const left = (this.ofSession.get(sid) ?? 1) - 1;
      if (left === 0) this.ofSession.delete(sid);
      else this.ofSession.set(sid, left);
    };
  }
}
