/**
 * Commits that changed a report and say nothing of it to users
 *
 * @param log as `git log --format="commit %h %s" --name-only -- <folder> CHANGELOG.md` prints it
 */
export function withoutChangelog(log: string, folder: string): readonly string[] {
  return log.split(/^commit /m).flatMap((commit) => {
    const [title = "", ...files] = commit.split("\n").filter((line) => line !== "");
    const isChanged = files.some((file) => file.startsWith(`${folder}/`));
    return isChanged && !files.includes("CHANGELOG.md") ? [title] : [];
  });
}
