import { heldKey, sessionKey } from "../store/keys";
import type { Changed } from "./changed";
import { type Held, heldOf } from "./held";
import { isNews, type News } from "./knowledge";
import { knowerName, ownStartOf } from "./knower";
import { readEach } from "./read-each";
import { sessionOf } from "./stored-sessions";
import type { EpochState, StoredSession } from "./stored";

/** A session, or one that would begin, which is about to learn something */
export type Side = Pick<Changed, "held" | "knower" | "last">;

/** What an agent has besides one of its sessions */
export interface Beside {
  /** What the agent holds; undefined if nothing depends on it */
  readonly held: Held | undefined;
  /** The agent's self-started session, if it must learn what this session learns */
  readonly started: StoredSession | undefined;
}

/**
 * Further sessions that learn with a session: an agent's self-started session knows everything that the agent holds.
 * Read at once if anything is new.
 *
 * @param all with what each learns; undefined if it learns nothing new
 */
export async function besideOf(
  state: EpochState,
  all: readonly { readonly side: Side; readonly news: News | undefined }[],
): Promise<readonly Beside[]> {
  const learning = all.filter(({ news }) => news !== undefined);
  if (learning.length === 0) return all.map(({ side: { held } }) => ({ held, started: undefined }));
  const items = await readEach(
    state,
    learning.flatMap(({ side: { knower, held } }) => {
      const own = ownStartOf(knower.agent);
      return [
        held === undefined ? heldKey(state.epoch, knower.agent) : null,
        knowerName(own) === knowerName(knower) ? null : sessionKey(state.epoch, own),
      ];
    }),
  );
  return all.map((one) => {
    const { side, news } = one;
    if (news === undefined) return { held: side.held, started: undefined };
    const at = 2 * learning.indexOf(one);
    const held = side.held ?? heldOf(items[at]);
    const started = sessionOf(ownStartOf(side.knower.agent), items[at + 1]);
    return { held, started: isNews(news, held) ? started : undefined };
  });
}
