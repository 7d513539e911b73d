import { Suite } from "../../harness/suite";
import { Story } from "../story";
import { storyPage } from "./story-page";

async function played(): Promise<Story> {
  const suite = new Suite("example");
  const story = new Story(suite);
  const asked = story.scene("A user asks", "alice asks for <her> ticket", [], (_, tell) => {
    tell("asked", "alice asks the agent", "run 7", ["alice", "support-triage"]);
    tell.picture('the page "as she sees it"', Buffer.from("png"));
    tell("allowed", "the agent reads the ticket", undefined, ["support-triage", "zendesk"]);
  });
  const stopped = story.scene("Stopped", "the agent wants to tell it to github", [asked], (_, tell) => {
    tell("refused", "github gets nothing", "mark.above", ["support-triage", "github"]);
    throw new Error('it arrived & "was" read');
  });
  story.scene("Stopped", "what comes after", [stopped], () => undefined);
  for (const check of suite.checks) await check.run();
  return story;
}

test("each call is an arrow between those that it is between, in its order", async () => {
  const page = await storyPage((await played()).scenes);
  expect([...page.matchAll(/<text class="party"[^>]*>([^<]*)/g)].map(([, party]) => party)).toEqual([
    ...["alice", "support-triage", "zendesk", "github"],
  ]);
  expect([...page.matchAll(/<line class="call (\w+)"/g)].map(([, kind]) => kind)).toEqual([
    "asked",
    "allowed",
    "refused",
  ]);
  expect(page).toContain("✕");
});

test("failed and skipped steps are shown with their reason", async () => {
  const page = await storyPage((await played()).scenes);
  expect(page).toContain("it arrived &amp; &quot;was&quot; read");
  expect(page).toContain("which failed");
  for (const [what, count] of [
    ["failed", 1],
    ["not run", 1],
    ["calls refused", 1],
  ] as const)
    expect(page).toMatch(new RegExp(`<dt>${what}</dt>\\s*<dd>${count}</dd>`));
});

test("texts are texts, and nothing is loaded or run", async () => {
  const page = await storyPage((await played()).scenes);
  expect(page).toContain("alice asks for &lt;her&gt; ticket");
  expect(page).toContain('<img alt="the page &quot;as she sees it&quot;" src="data:image/png;base64,cG5n">');
  expect(page).not.toMatch(/<script|<link|src="(?!data:)/);
});

test("a story without calls has no picture", async () => {
  const suite = new Suite("example");
  const story = new Story(suite);
  story.scene("Declared", "a fleet", [], (_, tell) => tell("proven", "6 stacks"));
  for (const check of suite.checks) await check.run();
  expect(await storyPage(story.scenes)).not.toContain("<svg");
});
