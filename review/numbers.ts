/** A number for each distinct value, counted from 0 in order of appearance, for fast comparison */
export class Numbers<One> {
  private readonly known = new Map<One, number>();

  public of(one: One): number {
    const known = this.known.get(one) ?? this.known.size;
    this.known.set(one, known);
    return known;
  }
}
