import { Problem } from "../problem";

/** For so many requests at once */
export class Room {
  private underWay = 0;

  constructor(private readonly most: number) {}

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
}
