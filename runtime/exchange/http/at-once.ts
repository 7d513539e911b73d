import { Refusal } from "../../refusal/refusal";

/** Lets so many requests of one caller be under way at once. */
export class AtOnce {
  private readonly underWay = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** @throws Refusal `request.too-many`, before anything is done */
  public async of<T>(caller: string, answered: () => Promise<T>): Promise<T> {
    const before = this.underWay.get(caller) ?? 0;
    if (before >= this.most) throw Refusal.of("request.too-many");
    this.underWay.set(caller, before + 1);
    try {
      return await answered();
    } finally {
      const left = (this.underWay.get(caller) ?? 1) - 1;
      if (left === 0) this.underWay.delete(caller);
      else this.underWay.set(caller, left);
    }
  }
}
