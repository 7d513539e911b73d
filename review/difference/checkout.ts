/** A stack alone may have been moved as well as its checkout. */
const FEWEST_STACKS = 2;

/** Folders of a local state in base and head, under the same name, which is cdktf's */
export interface StateFolders {
  readonly was: string;
  readonly is: string;
}

/**
 * Whether cdktf ran in one folder for base and in another for head: no reviewer needs to look at that.
 *
 * It writes the folder in which it runs into each local state that has no path of its own. So this explains folders where all
 * such states share one, before and after. Where one stays, or goes elsewhere, which of the folders is the checkout is not known.
 */
export function isOtherCheckout(states: readonly StateFolders[]): boolean {
  return states.length >= FEWEST_STACKS && states.every(({ was, is }) => was === states[0]?.was && is === states[0].is);
}
