import { withoutChangelog } from "./changelog";

const LOG = `commit 111 feat: a new prop

CHANGELOG.md
api/index.api.md
commit 222 docs: a word

CHANGELOG.md
commit 333 feat: a type

api/spire.api.md
`;

test("fails when a commit changes a report and says nothing of it in the changelog", () => {
  expect(withoutChangelog(LOG, "api")).toEqual(["333 feat: a type"]);
});

test("a commit that changes both passes, as does one that changes no report", () => {
  expect(withoutChangelog(LOG.slice(0, LOG.indexOf("commit 333")), "api")).toEqual([]);
  expect(withoutChangelog("", "api")).toEqual([]);
});
