import { createHash } from "node:crypto";
import { Bounded } from "../../bounded";

/** Of one owner: of more, its own first is forgotten, and never another owner's. */
const MOST_OF_ONE = 64;
const MOST_OWNERS = 8_192;
const SOUND = /^[\x21-\x7e]{1,512}$/;

/**
 * What servers gave an agent to come back with, such as a session id: it belongs to the agent, for the user it served, at that tool.
 * What is not known here has no owner.
 */
export class Handles {
  private readonly owners = new Bounded<Bounded<true>>(MOST_OWNERS);

  public static isSound(handle: string): boolean {
    return SOUND.test(handle);
  }

  public give(owner: string, handle: string): void {
    const own = this.owners.of(owner) ?? new Bounded<true>(MOST_OF_ONE);
    own.put(digestOf(handle), true);
    this.owners.put(owner, own);
  }

  public belongs(owner: string, handle: string): boolean {
    return this.owners.of(owner)?.of(digestOf(handle)) === true;
  }

  public end(owner: string, handle: string): void {
    this.owners.of(owner)?.drop(digestOf(handle));
  }

  /** Whether it belonged to the owner, who has it no more: of many who ask at once, one gets it. */
  public take(owner: string, handle: string): boolean {
    const belonged = this.belongs(owner, handle);
    this.end(owner, handle);
    return belonged;
  }
}

/** However long it is */
function digestOf(handle: string): string {
  return createHash("sha256").update(handle).digest("base64");
}
