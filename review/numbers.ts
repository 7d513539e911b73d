/** A number for each of what is compared often, from 0 in the order in which they are first seen */
export class Numbers<One> {
  private readonly known = new Map<One, number>();

  public of(one: One): number {
    const known = this.known.get(one) ?? this.known.size;
    this.known.set(one, known);
    return known;
  }
}
