import type { Unknown } from "../../../review/change";
import { unreadRemovals } from "../../../review/difference/unknowns";

const unread = (what: string, address = "agents/a"): Unknown => ({
  what,
  why: "it cannot be read",
  source: { address },
  mayDeny: true,
});

test("a policy that could not be read and is gone is unknown, at the place where it was", () => {
  expect(unreadRemovals([unread("the policy p", "agents/b")], [unread("the policy q")])).toEqual([
    {
      what: "the policy p",
      why: expect.stringContaining("whether it denied anything") as string,
      source: { address: "agents/b" },
    },
  ]);
});

test("nothing is told of one that is still there, or that is new", () => {
  expect(
    unreadRemovals([unread("the policy p", "agents/b")], [unread("the policy p"), unread("the policy q")]),
  ).toEqual([]);
  expect(unreadRemovals([], [unread("the policy q")])).toEqual([]);
});

test("what is no policy denies nothing", () => {
  const { mayDeny: _, ...role } = unread("the role r");
  expect(unreadRemovals([role], [])).toEqual([]);
});
