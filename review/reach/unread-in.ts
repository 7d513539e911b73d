import type { Unknown } from "../change";
import type { Estate } from "../read/resource";

/** What could not be read of a folder, as what is unknown */
export function unreadIn({ unread }: Pick<Estate, "unread">): readonly Unknown[] {
  return unread.map(({ place: { file, address, attribute }, why }) => ({
    what: attribute === undefined ? address : `${address}.${attribute}`,
    why,
    source: { address, file },
  }));
}
